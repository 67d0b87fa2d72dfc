#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/linearizability.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/sync/sync.hpp"

// The example of framework/mailroom/explore/linearizability.md.

using namespace mailroom;

namespace {

class seats {
public:
  /// Books `seat`. Returns whether it was free.
  bool book(int seat) {
    std::lock_guard lock{mutex_};
    return taken_.insert(seat).second;
  }

  bool is_free(int seat) {
    std::lock_guard lock{mutex_};
    return !taken_.contains(seat);
  }

private:
  sync::mutex mutex_{"seats"};
  std::set<int> taken_; // guarded by mutex_
};

struct seat_spec {
  using state = bool; // of one seat: whether it is taken
  struct input {
    bool book;
    int seat;
  };
  using output = bool;

  state initial() const { return false; }
  int key(const input& in) const { return in.seat; }

  output apply(state& taken, const input& in) const {
    bool free = !taken;
    if (in.book)
      taken = true;
    return free;
  }

  std::string show(const input& in) const {
    return (in.book ? "book " : "is_free ") + std::to_string(in.seat);
  }
};

/// Looks, then books: two steps, although each is under the lock.
bool book_if_free(seats& all, int seat) {
  if (!all.is_free(seat))
    return false;
  all.book(seat);
  return true;
}

void two_want_seat_seven() {
  seats all;
  explore::history<seat_spec::input, bool> h{2};
  auto want = [&](int client) {
    h.record(client, {true, 7}, [&] { return book_if_free(all, 7); });
  };
  {
    sync::thread a{"A", [&] { want(0); }};
    sync::thread b{"B", [&] { want(1); }};
  }
  auto result = explore::linearize(seat_spec{}, h.calls());
  explore::ensure(result.found == explore::linearized::verdict::yes, result.why);
}

} // namespace

TEST_CASE("linearizability: seats, booked by threads") {
  seats all;
  explore::history<seat_spec::input, bool> h{4};
  {
    std::vector<std::jthread> clients;
    for (int client = 0; client < 4; ++client)
      clients.emplace_back([&, client] {
        for (int seat = 0; seat < 100; ++seat) {
          h.record(client, {false, seat}, [&] { return all.is_free(seat); });
          h.record(client, {true, seat}, [&] { return all.book(seat); });
        }
      });
  }
  auto result = explore::linearize(seat_spec{}, h.calls());
  INFO(result.why);
  CHECK(result.found == explore::linearized::verdict::yes);
}

TEST_CASE("linearizability: a seat, booked in two steps") {
  auto run = explore::replay(two_want_seat_seven, "AABBAABB");
  CHECK(run.why == R"(state false
A        B
book 7
|        book 7
-> true  |
         -> true
B: book 7 -> true has no explanation; false would have one
)");
}

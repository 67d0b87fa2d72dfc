#include <mutex>
#include <optional>
#include <sstream>

#include <doctest/doctest.h>

#include "mailroom/explore/threads.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
namespace ex = mailroom::explore;

// The example of framework/mailroom/explore/README.md.

namespace {

/// Made when it is first needed.
class lazy_connection {
public:
  int get() {
    if (!made_) { // without the lock, to be fast
      std::lock_guard lock{mutex_};
      connection_ = ++connections_;
      made_ = true;
    }
    return connection_;
  }

  int connections() const { return connections_; }

private:
  sync::mutex mutex_{"mutex"};
  sync::shared<bool> made_{false, "made"};
  sync::shared<int> connection_{0, "connection"};
  int connections_ = 0; // guarded by mutex_
};

void two_users() {
  lazy_connection lazy;
  {
    sync::thread a{"alice", [&] { lazy.get(); }};
    sync::thread b{"bob", [&] { lazy.get(); }};
  }
  ex::ensure(lazy.connections() == 1, "two connections were made");
}

} // namespace

TEST_CASE("explore: the guide's example") {
  std::ostringstream out;
  auto r = ex::threads(two_users);
  r.print(out);
  CHECK(out.str() == R"(60 schedules: 48 fail
  48 x violated: two connections were made
simplest: AAABAAABBBBB
step  alice                bob
   1  read made = false
   2  lock mutex
   3  write connection 1
   4                       read made = false
   5  write made true
   6  unlock mutex
   7  read connection = 1
   8                       lock mutex
   9                       write connection 2
  10                       write made true
  11                       unlock mutex
  12                       read connection = 2
      => violated: two connections were made
)");
  CHECK(ex::replay(two_users, "AAABAAABBBBB").why == "two connections were made");
}

#include <doctest/doctest.h>

#include "explore/explored.hpp"
#include "explore/planted.hpp"
#include "explore/proof.hpp"
#include "mailroom/executor/shared_mailbox.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
using explore::ensure;
using test::explored, test::unlocked, test::proved, test::refuted;

namespace {

struct ranked_job : detail::job {
  explicit ranked_job(int r = 0) : rank_(r) {}
  int rank() const noexcept override { return rank_; }
  int rank_;
  int taken = 0;
};

template <class Primitives>
class pool_queue {
public:
  void push(ranked_job& j) {
    box.push(j, [] { return true; });
  }

  /// Takes one job. Returns whether there was any.
  bool pop() {
    detail::job* rest = nullptr;
    auto* j = box.pop([](std::size_t) { return 1u; }, INT64_MAX, rest);
    if (j)
      ++static_cast<ranked_job*>(j)->taken;
    return j != nullptr;
  }

  detail::basic_shared_mailbox<Primitives> box{4};
};

/// Some submit, others take, and what is left is taken in the end.
template <class Primitives>
void submit_and_take(std::vector<int> ranks, int workers) {
  pool_queue<Primitives> queue;
  std::vector<ranked_job> jobs(ranks.size());
  {
    std::vector<sync::thread> threads;
    for (int i = 0; i < workers; ++i)
      threads.emplace_back("worker", [&] { queue.pop(); });
    threads.emplace_back("submitter", [&] {
      for (std::size_t i = 0; i < ranks.size(); ++i) {
        jobs[i].rank_ = ranks[i];
        queue.push(jobs[i]);
      }
    });
  }
  while (queue.pop()) {
  }
  for (auto& j : jobs)
    ensure(j.taken == 1, "a job was lost, or taken twice");
  ensure(queue.box.size() == 0, "it counts what is not there");
  ensure(!queue.box.has_ranked(), "it believes in priorities that are not there");
}

/// Whoever looks whether there are jobs sees the one that is there, wherever it moves.
template <class Primitives>
void look_while_it_moves() {
  pool_queue<Primitives> queue;
  ranked_job a, b;
  queue.push(a);
  queue.push(b);
  sync::thread worker{"worker", [&] { queue.pop(); }};
  sync::thread other{"other", [&] { ensure(queue.box.size() > 0, "it overlooks what is there"); }};
}

} // namespace

TEST_CASE("self: mailbox of the pool, two jobs, one worker") {
  proved([] { submit_and_take<explored>({0, 0}, 1); }, 3);
}

TEST_CASE("self: mailbox of the pool, two jobs, two workers") {
  proved([] { submit_and_take<explored>({0, 0}, 2); }, 12);
}

TEST_CASE("self: mailbox of the pool, a job of a high rank") {
  proved([] { submit_and_take<explored>({1}, 1); }, 2);
}

TEST_CASE("self: mailbox of the pool, jobs of two ranks") {
  proved([] { submit_and_take<explored>({0, 1}, 1); }, 3);
}

TEST_CASE("self: mailbox of the pool, nobody overlooks what moves") {
  proved([] { look_while_it_moves<explored>(); }, 5);
}

TEST_CASE("self: a mailbox of the pool whose locks admit everybody") {
  refuted([] { submit_and_take<unlocked>({0, 0}, 1); }, explore::ending::violated, "AAAAABBBB");
}

#include <numeric>

#include <doctest/doctest.h>

#include "mailroom/process/process_pool_executor.hpp"
#include "process/tasks.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Small tasks are sent to their process ahead of their turn. Nobody may notice but by the clock.

namespace {

/// Counts its calls, in each process.
int count() {
  static int n = 0;
  return n++;
}

/// As `count`, with something to carry.
int count_with(const std::string&) {
  return count();
}

int crash() {
  _exit(3);
}

/// A pool of warm processes, which is paused: all that a test submits is there when it begins.
class paused_pool : public process_pool_executor {
public:
  explicit paused_pool(process_pool_options o) : process_pool_executor(std::move(o)) {
    std::vector<future<int>> all;
    for (int i = 0; i < 200; ++i)
      all.push_back(submit(remote<own_process>));
    for (auto& f : all)
      f.get_for(limit);
    wait_idle();
    pause();
  }
};

std::vector<future<int>> submit_counts(process_pool_executor& pool, int n) {
  std::vector<future<int>> all;
  for (int i = 0; i < n; ++i)
    all.push_back(pool.submit(remote<count>));
  return all;
}

} // namespace

TEST_CASE("ahead: one process runs its tasks in their order, small and large ones") {
  paused_pool pool{{.max_workers = 1}};
  std::vector<future<int>> all;
  for (int i = 0; i < 1000; ++i)
    all.push_back(i % 10 == 9 ? pool.submit(remote<count_with>,
                                            std::string(i % 100 == 99 ? 300'000 : 3'000, 'x'))
                              : pool.submit(remote<count>));
  pool.resume();
  for (int i = 0; i < 1000; ++i)
    REQUIRE(all[static_cast<std::size_t>(i)].get_for(limit) == i);
}

TEST_CASE("ahead: none waits behind a slow one while others are free") {
  paused_pool pool{{.max_workers = 2}};
  outside::file file;
  outside o{file};
  auto slow = submit_waiting(pool, o, 1);
  auto quick = submit_counts(pool, 100);
  pool.resume();
  for (auto& f : quick)
    CHECK_NOTHROW(f.get_for(limit));
  CHECK_FALSE(slow[0].done());
  o.add(1);
  slow[0].get_for(limit);
}

TEST_CASE("ahead: behind a slow one they wait as others do, and can be cancelled") {
  paused_pool pool{{.max_workers = 1}};
  outside::file file;
  outside o{file};
  auto slow = submit_waiting(pool, o, 1);
  auto quick = submit_counts(pool, 20);
  auto process = pool.processes();
  pool.resume();
  o.await(0, 1);
  for (auto& f : quick)
    CHECK(eventually([&] { return f.cancel(); }));
  CHECK(eventually([&] { return pool.stats().running == 1; }));
  o.add(1);
  slow[0].get_for(limit);
  CHECK(pool.submit(remote<count>).get_for(limit) == 0); // none of them has run
  CHECK(pool.processes() == process);
  pool.wait_idle();
  CHECK(pool.stats().cancelled == 20);
}

TEST_CASE("ahead: behind a slow one they keep their order, and the next one may be slow, too") {
  paused_pool pool{{.max_workers = 1}};
  outside::file file;
  outside o{file};
  std::vector<future<int>> counts;
  std::vector<future<int>> slow;
  for (int i = 0; i < 5; ++i) {
    slow.push_back(submit_waiting(pool, o, 1)[0]);
    for (auto& f : submit_counts(pool, 7))
      counts.push_back(std::move(f));
  }
  pool.resume();
  o.await(0, 1);
  o.add(1); // the others find that they may go on
  for (int i = 0; i < std::ssize(counts); ++i)
    CHECK(counts[static_cast<std::size_t>(i)].get_for(limit) == i);
  for (auto& f : slow)
    f.get_for(limit);
}

TEST_CASE("ahead: a process that ends loses the task it runs, no other") {
  for (bool idempotent : {false, true}) {
    INFO("idempotent: " << idempotent);
    paused_pool pool{{.max_workers = 2, .most_attempts = 2}};
    std::vector<future<int>> good;
    std::vector<future<int>> bad;
    task_options options;
    options.idempotent = idempotent;
    for (int i = 0; i < 200; ++i) {
      if (i % 20 == 10)
        bad.push_back(pool.submit(options, remote<crash>));
      good.push_back(pool.submit(options, remote<count>));
    }
    pool.resume();
    for (auto& f : good)
      CHECK_NOTHROW(f.get_for(limit));
    for (auto& f : bad)
      CHECK(text_of(f).find("exited with code 3") != std::string::npos);
    auto s = pool.stats();
    CHECK(s.done == 200 + 200);
    CHECK(s.failed == 10);
  }
}

TEST_CASE("ahead: they are lost with a pool that breaks") {
  paused_pool pool{{.max_workers = 1, .on_loss = worker_loss::break_pool}};
  auto first = pool.submit(remote<crash>);
  auto others = submit_counts(pool, 50);
  pool.resume();
  CHECK_THROWS_AS(first.get_for(limit), broken_process_pool);
  for (auto& f : others)
    CHECK_THROWS_AS(f.get_for(limit), broken_process_pool);
}

TEST_CASE("ahead: while a pool is paused, none begins") {
  process_pool_executor pool{{.max_workers = 2}};
  outside::file file;
  outside o{file};
  std::vector<future<void>> all;
  for (int i = 0; i < 3'000; ++i)
    all.push_back(pool.submit([](const outside& x) { x.add(0); }, o));
  for (int i = 0; i < 10; ++i) {
    o.await(0, 200 * i);
    pool.pause();
    pool.wait_idle();
    auto begun = o.count();
    CHECK(pool.stats().queued + static_cast<std::uint64_t>(begun) == 3'000);
    CHECK(pool.stats().running == 0);
    pool.resume();
  }
  for (auto& f : all)
    f.get_for(limit);
  CHECK(o.count() == 3'000);
}

TEST_CASE("ahead: a full queue has room for what is there, not for what is ahead") {
  process_pool_executor pool{
    {.max_workers = 1, .max_queued = 10, .overflow = overflow_policy::wait}};
  std::vector<future<int>> all;
  for (int i = 0; i < 2'000; ++i)
    all.push_back(pool.submit(remote<count>));
  for (int i = 0; i < 2'000; ++i)
    REQUIRE(all[static_cast<std::size_t>(i)].get_for(limit) == i);
}

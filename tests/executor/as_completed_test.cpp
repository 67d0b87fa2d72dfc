#include "mailroom/future/as_completed.hpp"

#include <list>
#include <ranges>

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

/// Walks through a range until the end, or until it throws.
template <class Range>
auto walk(Range&& range, std::vector<future<int>>& seen) {
  return thrown_by([&] {
    for (auto f : range)
      seen.push_back(f);
  });
}

long times(const std::vector<future<int>>& in, const future<int>& f) {
  return std::ranges::count(in, f);
}

} // namespace

TEST_CASE_TEMPLATE("#023 as_completed: each comes once, done before or later", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  one_in_each_state p;
  Executor ex{{.max_workers = 2}};
  auto one = ex.submit([] { return 2 * 21; });
  auto two = ex.submit([] { return 7 * 6; });
  std::vector all{p.notified.get_future(), p.failed.get_future(), p.succeeded.get_future(), one,
                  two};
  std::vector<future<int>> seen;
  CHECK(walk(as_completed(all, limit), seen).empty());
  CHECK(seen.size() == 5);
  for (auto& f : all)
    CHECK(times(seen, f) == 1);
}

TEST_CASE("#024 as_completed: those done come first, and then time is up") {
  for (auto timeout : {0ms, 5ms}) {
    one_in_each_state p;
    std::vector all{p.pending.get_future(), p.notified.get_future(), p.failed.get_future(),
                    p.succeeded.get_future()};
    std::vector<future<int>> seen;
    CHECK(walk(as_completed(all, timeout), seen) == "timeout_error");
    CHECK(seen == std::vector{all[1], all[2], all[3]});
  }
}

TEST_CASE("#025 as_completed: a future given three times comes once") {
  promise<int> p;
  p.set_value(1);
  auto f = p.get_future();
  std::vector<future<int>> seen;
  CHECK(walk(as_completed(std::vector{f, f, f}, limit), seen).empty());
  CHECK(seen == std::vector{f});
}

TEST_CASE("#025 as_completed: any range will do, if it can be read once") {
  promise<int> p;
  p.set_value(1);
  auto f = p.get_future();
  std::list some{f, f};
  std::vector<future<int>> seen;
  CHECK(walk(as_completed(some, limit), seen).empty());
  auto generated = std::views::iota(0, 3) | std::views::transform([&](int) { return f; });
  CHECK(walk(as_completed(generated, limit), seen).empty());
  CHECK(walk(as_completed(std::vector<future<int>>{}, limit), seen).empty());
  CHECK(seen == std::vector{f, f});
}

TEST_CASE("#026 as_completed: a future that was had is not kept") {
  std::vector<promise<int>> promises(3);
  std::vector<future<int>> all;
  for (auto& p : promises) {
    all.push_back(p.get_future());
    p.set_value(1);
  }
  std::size_t alone = all[0].use_count(); // this list, and the promise
  REQUIRE(alone == 2);
  auto range = as_completed(all, limit);
  int walked = 0;
  for (auto i = range.begin(); i != range.end(); ++i) {
    auto f = *i;
    ++walked;
    CHECK(f.use_count() == alone + 1); // and f
  }
  CHECK(walked == 3);
  for (auto& f : all)
    CHECK(f.use_count() == alone);
}

TEST_CASE("#026 as_completed: when time is up, the range gives back what it has") {
  promise<int> never;
  auto f = never.get_future();
  {
    auto range = as_completed(std::vector{f}, 0s);
    CHECK(thrown_by([&] { range.begin(); }) == "timeout_error");
    CHECK(f.use_count() == 3); // the promise, f, the range
  }
  CHECK(f.use_count() == 2);
}

TEST_CASE("#027 as_completed: the error tells how many are missing") {
  one_in_each_state p;
  std::vector all{p.pending.get_future(), p.running.get_future(), p.notified.get_future(),
                  p.succeeded.get_future()};
  auto walk_all = [&] {
    for (auto f : as_completed(all, 0s))
      CHECK(f.done());
  };
  CHECK_THROWS_WITH_AS(walk_all(), "2 (of 4) futures unfinished", timeout_error);
}

// -- what Python does not ask -------------------------------------------------------------------------

TEST_CASE("as_completed: without enough time a slow one is an error, not silence") {
  promise<int> slow;
  auto range = as_completed(std::vector{slow.get_future()}, 1ms);
  CHECK_THROWS_AS(range.begin(), timeout_error);
  CHECK_THROWS_AS(range.begin(), timeout_error);
  slow.set_value(3);
  CHECK((*range.begin()).get() == 3); // it is still to be had
}

TEST_CASE("as_completed: results come while it waits, from many threads") {
  for (int round = 0; round < 20; ++round) {
    std::vector<promise<int>> promises(40);
    std::vector<future<int>> all;
    for (auto& p : promises)
      all.push_back(p.get_future());
    std::jthread even{[&] {
      for (std::size_t i = 0; i < promises.size(); i += 2)
        promises[i].set_value(1);
    }};
    std::jthread odd{[&] {
      for (std::size_t i = 1; i < promises.size(); i += 2)
        promises[i].set_value(1);
    }};
    int sum = 0;
    for (auto f : as_completed(all, limit))
      sum += f.get();
    CHECK(sum == 40);
  }
}

TEST_CASE("as_completed: a range left early is heard of no more") {
  promise<int> early;
  promise<int> late;
  early.set_value(1);
  {
    auto range = as_completed(std::vector{late.get_future(), early.get_future()}, limit);
    CHECK(*range.begin() == early.get_future());
  }
  CHECK_NOTHROW(late.set_value(2)); // would touch what is gone
}

#include "mailroom/executor/map.hpp"

#include <ranges>

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

int power(int base, int exponent) {
  return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

int divide(int a, int b) {
  if (b == 0)
    throw mishap("divided by zero");
  return a / b;
}

/// Takes all results of a map.
template <class Range>
auto all_of(Range&& range) {
  std::vector<typename std::decay_t<Range>::item> all;
  for (auto&& item : range)
    all.push_back(item);
  return all;
}

} // namespace

TEST_CASE_TEMPLATE("#039 map: results in the order of the input, until the shortest ends", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 3}};
  auto numbers = std::views::iota(0, 10);
  std::vector<int> expected;
  for (int i : numbers)
    expected.push_back(power(i, i % 4));
  std::vector<int> exponents{0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
  for (std::ptrdiff_t chunk : {1, 3, 100}) {
    auto results = ex.map(power, numbers, exponents, map_options{.chunk_size = chunk});
    CHECK(all_of(results) == expected);
  }
  CHECK(all_of(ex.map(power, numbers, exponents)) == expected);
}

TEST_CASE_TEMPLATE("#039 map: the slow first one comes first", Executor, MAILROOM_EXECUTORS) {
  gate second;
  Executor ex{{.max_workers = 2}};
  auto results = ex.map(
    [&](int i) {
      if (i == 0)
        second.pass();
      else
        second.open();
      return i;
    },
    std::vector{0, 1});
  CHECK(all_of(results) == std::vector{0, 1});
}

TEST_CASE_TEMPLATE("#040 map: an exception comes in its place, and the walk may go on", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  for (std::ptrdiff_t chunk : {1, 3}) {
    auto results = ex.map(divide, std::vector{4, 6, 1, 10}, std::vector{2, 3, 0, 5},
                          map_options{.timeout = limit, .chunk_size = chunk});
    CHECK(results.next() == 2);
    CHECK(results.next() == 2);
    CHECK_THROWS_WITH_AS(results.next(), "divided by zero", mishap);
    CHECK(results.next() == 2);
    CHECK_FALSE(results.next());
    CHECK_FALSE(results.next()); // the end stays the end
  }
}

TEST_CASE_TEMPLATE("#040 map: iterators go on behind an exception, too", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  auto results = ex.map(divide, std::vector{9, 1, 8}, std::vector{3, 0, 2});
  auto i = results.begin();
  CHECK(*i == 3);
  CHECK_THROWS_AS(++i, mishap);
  ++i;
  CHECK(*i == 4);
  ++i;
  CHECK(i == results.end());
}

TEST_CASE_TEMPLATE("#041 map: a timeout_error of a task is an ordinary one", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  auto results = ex.map(
    [](int i) {
      if (i == 1)
        throw timeout_error("of the task");
      return i;
    },
    std::views::iota(0, 4), map_options{.timeout = limit});
  CHECK(results.next() == 0);
  CHECK_THROWS_WITH_AS(results.next(), "of the task", timeout_error);
  CHECK(results.next() == 2);
  CHECK(results.next() == 3);
  CHECK_FALSE(results.next());
}

TEST_CASE_TEMPLATE("#042 map: what comes in time is had, then it is an error, and the end",
                   Executor, MAILROOM_EXECUTORS) {
  gate end;
  std::atomic<int> begun{0};
  Executor ex{{.max_workers = 1}};
  auto results = ex.map(
    [&](int i) {
      ++begun;
      if (i == 2)
        end.pass();
      return i;
    },
    std::views::iota(0, 4), map_options{.timeout = 500ms});
  CHECK(results.next() == 0);
  CHECK(results.next() == 1);
  CHECK_THROWS_AS(results.next(), timeout_error);
  CHECK_FALSE(results.next());
  end.open();
  ex.shutdown();
  CHECK(begun == 3); // the last one was cancelled
}

TEST_CASE_TEMPLATE("#042 map: time counts from the call, not from the walk", Executor,
                   MAILROOM_EXECUTORS) {
  gate end;
  Executor ex{{.max_workers = 1}};
  auto called = std::chrono::steady_clock::now();
  auto results = ex.map([&](int) { end.pass(); }, std::vector{1}, map_options{.timeout = 30ms});
  // Whatever takes 30 ms: here, a future nobody fulfils.
  promise<void> never;
  CHECK_THROWS_AS(never.get_future().get_for(30ms), timeout_error);
  auto walked = std::chrono::steady_clock::now();
  CHECK(walked - called >= 30ms);
  CHECK_THROWS_AS(results.next(), timeout_error);
  CHECK(std::chrono::steady_clock::now() - walked < limit);
  end.open();
}

TEST_CASE_TEMPLATE("#043 map: closed early, it ends, and what has not begun is cancelled", Executor,
                   MAILROOM_EXECUTORS) {
  for (bool by_destructor : {false, true}) {
    gate begun;
    gate end;
    std::atomic<int> ran{0};
    Executor ex{{.max_workers = 1}};
    {
      auto results = ex.map(
        [&](int i) {
          ++ran;
          if (i == 1) {
            begun.open();
            end.pass();
          }
          return i;
        },
        std::views::iota(0, 10));
      CHECK(results.next() == 0);
      begun.pass();
      if (!by_destructor) {
        results.close();
        CHECK_FALSE(results.next());
      }
    }
    end.open();
    ex.shutdown();
    CHECK(ran == 2);
    CHECK(ex.stats().cancelled == 8);
  }
}

TEST_CASE_TEMPLATE("#045 map: a buffer of nothing, and a chunk of nothing, are no arguments",
                   Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  std::vector some{1};
  for (std::ptrdiff_t n : {0, -1}) {
    CHECK_THROWS_WITH_AS(ex.map(divide, some, some, map_options{.buffer_size = n}),
                         "buffer_size must be > 0", std::invalid_argument);
    CHECK_THROWS_WITH_AS(ex.map(divide, some, some, map_options{.chunk_size = n}),
                         "chunk_size must be >= 1", std::invalid_argument);
  }
  CHECK(ex.stats().done == 0);
}

TEST_CASE_TEMPLATE("#046 map: the results do not depend on the buffer", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  std::vector some{3, 1, 4, 1, 5, 9};
  for (std::ptrdiff_t n : {1, 2, 6, 12})
    CHECK(all_of(ex.map([](int i) { return i; }, some, map_options{.buffer_size = n})) == some);
}

TEST_CASE_TEMPLATE("#047 map: a buffer with two ranges", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  std::vector some{3, 1, 4};
  std::vector expected{9, 1, 16};
  for (std::ptrdiff_t n : {1, 2, 3, 6}) {
    auto results = ex.map(std::multiplies<>{}, some, some, map_options{.buffer_size = n});
    CHECK(all_of(results) == expected);
  }
}

TEST_CASE_TEMPLATE("#048 map: an endless range", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  auto results =
    ex.map([](int i) { return 2 * i; }, std::views::iota(0), map_options{.buffer_size = 2});
  CHECK(results.next() == 0);
  CHECK(results.next() == 2);
  CHECK(results.next() == 4);
}

TEST_CASE_TEMPLATE("#049 map: two endless ranges", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  auto results =
    ex.map(std::plus<>{}, std::views::iota(0), std::views::iota(10), map_options{.buffer_size = 2});
  CHECK(results.next() == 10);
  CHECK(results.next() == 12);
  CHECK(results.next() == 14);
}

TEST_CASE_TEMPLATE("#050 map: an empty range", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  std::vector<int> none;
  auto lazy = ex.map([](int i) { return i; }, none, map_options{.buffer_size = 2});
  CHECK(lazy.begin() == lazy.end());
  CHECK(all_of(ex.map([](int i) { return i; }, none)).empty());
}

TEST_CASE_TEMPLATE("#051 map: without a range there is nothing to call for", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  auto none = ex.map([](int i) { return i; });
  CHECK(none.begin() == none.end());
  auto lazy = ex.map([](int i) { return i; }, map_options{.buffer_size = 3});
  CHECK(lazy.begin() == lazy.end());
}

TEST_CASE_TEMPLATE("#052 map: exactly as much is read as the buffer holds", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  for (int n : {1, 2, 5}) {
    int read = 0;
    auto input = std::views::iota(0) | std::views::transform([&](int i) {
                   ++read;
                   return i;
                 });
    auto results = ex.map([](int i) { return i; }, input, map_options{.buffer_size = n});
    CHECK(read == n);
    for (int had = 1; had <= 3; ++had) {
      CHECK(results.next() == had - 1);
      CHECK(read == n + had); // one had, one more read: never more than n under way
    }
  }
}

TEST_CASE_TEMPLATE("#053 map: shut down without having looked", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 3}};
  ex.map([](int i) { return std::to_string(i); }, std::vector(4, 2));
  CHECK(ex.shutdown({.timeout = limit}));
  CHECK(ex.stats().done == 4);
}

TEST_CASE_TEMPLATE("#056 map: a result that was had is not kept", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  int had = 0;
  for (auto object :
       ex.map([](int i) { return std::make_shared<int>(i); }, std::views::iota(0, 10))) {
    std::weak_ptr<int> watch = object;
    CHECK(*object == had++);
    object = nullptr;
    CHECK(watch.expired());
  }
  CHECK(had == 10);
}

TEST_CASE_TEMPLATE("#056 map: results that can only be moved, references and none at all", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  int sum = 0;
  for (auto p : ex.map([](int i) { return std::make_unique<int>(i); }, std::vector{1, 2, 3}))
    sum += *p;
  CHECK(sum == 6);
  std::vector numbers{1, 2, 3};
  for (int& n :
       ex.map([&](std::size_t i) -> int& { return numbers[i]; }, std::vector<std::size_t>{0, 2}))
    n = 7;
  CHECK(numbers == std::vector{7, 2, 7});
  int done = 0;
  for ([[maybe_unused]] auto nothing : ex.map([](int) {}, numbers))
    ++done;
  CHECK(done == 3);
}

// -- what Python does not ask -------------------------------------------------------------------------

TEST_CASE_TEMPLATE("map: a temporary range is kept, a named one is only looked at", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  auto lazy =
    ex.map([](const std::string& s) { return s.size(); },
           std::vector<std::string>{"one", "three", "seven"}, map_options{.buffer_size = 1});
  CHECK(all_of(lazy) == std::vector<std::size_t>{3, 5, 5});
  std::vector named{1, 2};
  auto later = ex.map([](int i) { return i; }, named, map_options{.buffer_size = 1});
  named[1] = 3;
  CHECK(all_of(later) == std::vector{1, 3});
}

TEST_CASE_TEMPLATE("map: a callable that can only be moved serves all items", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  auto results =
    ex.map([p = std::make_unique<int>(10)](int i) { return *p + i; }, std::vector{1, 2, 3});
  CHECK(all_of(results) == std::vector{11, 12, 13});
}

TEST_CASE_TEMPLATE("map: after a shutdown, what was under way is still to be had", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  auto results =
    ex.map([](int i) { return i; }, std::views::iota(0), map_options{.buffer_size = 2});
  CHECK(results.next() == 0);
  ex.shutdown();
  // Two were submitted: their results are had, then submitting the next one fails.
  CHECK(thrown_by([&] { CHECK(results.next() == 1); }) == "");
  CHECK(thrown_by([&] { CHECK(results.next() == 2); }) == "");
  CHECK(thrown_by([&] { results.next(); }) == "shutdown_error");
}

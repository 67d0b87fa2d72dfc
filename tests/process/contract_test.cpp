#include "mailroom/process/process_pool_executor.hpp"

#include <cmath>
#include <csignal>
#include <numeric>

#include <doctest/doctest.h>
#include <unistd.h>

#include "process/outside.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// The contract of all executors, as far as it can be asked of processes: rows of the table in
// framework/mailroom/executor/README.md whose tests are written for what is inside of one process.

namespace {

int some_state = 0;

/// Whether a pool could call `F`: what it says to those it cannot, see refused_test.sh.
template <class F>
constexpr bool can_be_called_elsewhere = mailroom::detail::placeless<std::decay_t<F>>;

int power(int base, int exponent) {
  return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

struct multiplier {
  int factor = 0;
  int times(int n) const { return factor * n; }
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, multiplier& m) {
  return f(m.factor);
}

/// Comes to `o`, says so, and waits until it may go on.
int wait_there(outside o, int answer) {
  o.add(0);
  o.await(1, 1);
  return answer;
}

} // namespace

TEST_CASE("#037 processes: the result of the call") {
  process_pool_executor pool;
  CHECK(pool.submit(remote<power>, 2, 8).get_for(limit) == 256);
  CHECK(pool.submit([] { return getpid(); }).get_for(limit) != getpid());
}

TEST_CASE("#038 processes: arguments become what the function takes") {
  process_pool_executor pool;
  CHECK(pool.submit([](const std::string& s) { return s + "!"; }, "text").get_for(limit)
        == "text!");
  CHECK(pool.submit([](double d) { return d / 2; }, 1).get_for(limit) == 0.5);
  CHECK(pool.submit([](auto a, auto b) { return a + b; }, 1.5, 2).get_for(limit) == 3.5);
  CHECK(pool.submit(remote<&multiplier::times>, multiplier{6}, 7).get_for(limit) == 42);
  CHECK(pool
          .submit([](std::vector<int> v) { return std::accumulate(v.begin(), v.end(), 0); },
                  std::vector{1, 2, 3})
          .get_for(limit)
        == 6);
  CHECK(std::isinf(pool.submit([](double d) { return -d; }, INFINITY).get_for(limit)));
  CHECK(ends(pool.submit([] {})));
}

TEST_CASE("#133 #134 #136 processes: what exists here only is refused by the compiler") {
  int n = 0;
  auto captures = [n] { return n; };
  auto refers = [&n] { return ++n; };
  auto captures_nothing = [] { return ++some_state; };
  static_assert(!can_be_called_elsewhere<decltype(captures)>);
  static_assert(!can_be_called_elsewhere<decltype(refers)>);
  static_assert(!can_be_called_elsewhere<decltype(&power)>);
  static_assert(!can_be_called_elsewhere<std::function<int()>>);
  static_assert(can_be_called_elsewhere<decltype(captures_nothing)>);
  static_assert(can_be_called_elsewhere<decltype(remote<power>)>);
  process_pool_executor pool{{.max_workers = 1}};
  CHECK(pool.submit(captures_nothing).get_for(limit) == 1);
  CHECK(some_state == 0);
}

TEST_CASE("#039 processes: map, in the order of the input") {
  process_pool_executor pool;
  std::vector<int> results;
  for (int n : pool.map(remote<power>, std::vector{2, 3, 4}, std::vector{2, 2, 2, 2}))
    results.push_back(n);
  CHECK(results == std::vector{4, 9, 16});
  for ([[maybe_unused]] auto done : pool.map([](int) {}, std::vector{1, 2}))
    results.push_back(0);
  CHECK(results.size() == 5);
  CHECK_FALSE(pool.map([](int n) { return n; }, std::vector<int>{}).next());
}

TEST_CASE("#040 processes: map, and what a task throws") {
  process_pool_executor pool;
  auto range =
    pool.map([](int n) { return n == 1 ? throw mishap("one") : n; }, std::vector{0, 1, 2});
  CHECK(range.next() == 0);
  CHECK_THROWS_AS(range.next(), remote_error);
  CHECK(range.next() == 2);
  CHECK_FALSE(range.next());
}

TEST_CASE("#042 processes: map, and no time left") {
  process_pool_executor pool{{.max_workers = 1}};
  outside::file file;
  outside o{file};
  auto range = pool.map(remote<wait_there>, std::vector{o, o}, std::vector{1, 2},
                        map_options{.timeout = 50ms});
  CHECK_THROWS_AS(range.next(), timeout_error);
  o.add(1);
}

TEST_CASE("#045 processes: map, and options out of range") {
  process_pool_executor pool;
  auto same = [](int n) { return n; };
  CHECK_THROWS_AS(pool.map(same, std::vector{1}, map_options{.buffer_size = 0}),
                  std::invalid_argument);
}

TEST_CASE("#048 processes: map of an endless input") {
  process_pool_executor pool{{.max_workers = 2}};
  auto squares = pool.map([](int n) { return n * n; }, std::views::iota(1),
                          map_options{.chunk_size = 3, .buffer_size = 2});
  for (int n = 1; n < 20; ++n)
    CHECK(squares.next() == n * n);
}

TEST_CASE("#092 processes: map in chunks: the same results") {
  process_pool_executor pool{{.max_workers = 2}};
  std::vector<int> input(40);
  std::iota(input.begin(), input.end(), 0);
  for (int chunk : {1, 6, 40, 50}) {
    CAPTURE(chunk);
    int n = 0;
    for (int square :
         pool.map([](int i) { return i * i; }, input, map_options{.chunk_size = chunk}))
      CHECK(square == n * n), ++n;
    CHECK(n == 40);
  }
  CHECK_THROWS_WITH_AS(pool.map([](int i) { return i; }, input, map_options{.chunk_size = -1}),
                       "chunk_size must be >= 1", std::invalid_argument);
}

TEST_CASE("#055 processes: options out of range") {
  auto with = [](process_pool_options o) { process_pool_executor{std::move(o)}; };
  CHECK_THROWS_WITH_AS(with({.max_workers = -1}), "max_workers must be greater than 0",
                       std::invalid_argument);
  CHECK_THROWS_AS(with({.max_tasks_per_child = -1}), std::invalid_argument);
  CHECK_THROWS_AS(with({.most_attempts = 0}), std::invalid_argument);
  CHECK_THROWS_AS(with({.grace = 0ms}), std::invalid_argument);
}

TEST_CASE("#059 processes: by default as many as processors that may be used") {
  CHECK(process_pool_executor{}.max_workers() == usable_processors());
}

TEST_CASE("#065 processes: nothing after the shutdown") {
  process_pool_executor pool;
  pool.shutdown();
  CHECK_THROWS_AS(pool.submit(remote<power>, 2, 5), shutdown_error);
}

TEST_CASE("#068 processes: all that was submitted before the shutdown is done") {
  process_pool_executor pool{{.max_workers = 3}};
  std::vector<future<int>> all;
  for (int i = 0; i < 50; ++i)
    all.push_back(pool.submit([](int n) { return n; }, i));
  pool.shutdown();
  for (int i = 0; i < 50; ++i)
    CHECK(all[static_cast<std::size_t>(i)].get_for(0s) == i);
}

TEST_CASE("#069 processes: what has not begun is cancelled on request") {
  process_pool_executor pool{{.max_workers = 2}};
  outside::file file;
  outside o{file};
  std::vector<future<int>> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(pool.submit(remote<wait_there>, o, i));
  o.await(0, 2);
  CHECK_FALSE(pool.shutdown({.wait = false, .cancel_futures = true}));
  o.add(1);
  pool.shutdown();
  auto cancelled = std::ranges::count_if(all, [](auto& f) { return f.cancelled(); });
  CHECK(cancelled == 18);
  CHECK(o.count(0) == 2);
}

TEST_CASE("#079 #080 #081 #082 processes: none is left after the end, however it comes") {
  std::vector<int> seen;
  auto start = [&](process_pool_executor& pool) {
    for (int i = 0; i < 3; ++i)
      CHECK(pool.submit(remote<power>, 21, 2).get_for(limit) == 441);
    seen = pool.processes();
    CHECK_FALSE(seen.empty());
  };
  auto all_gone = [&] {
    return std::ranges::all_of(seen, [](int pid) { return kill(pid, 0) != 0; });
  };
  SUBCASE("shutdown") {
    process_pool_executor pool{{.max_workers = 3}};
    start(pool);
    pool.shutdown();
    CHECK(all_gone());
    CHECK(pool.processes().empty());
  }
  SUBCASE("the end of its scope") {
    {
      process_pool_executor pool{{.max_workers = 3}};
      start(pool);
    }
    CHECK(all_gone());
  }
  SUBCASE("shutdown without waiting") {
    process_pool_executor pool{{.max_workers = 3}};
    start(pool);
    auto f = pool.submit(remote<power>, 2, 2);
    pool.shutdown({.wait = false});
    CHECK(f.get_for(limit) == 4);
    CHECK(eventually(all_gone));
  }
}

TEST_CASE("#083 #084 processes: a broken pool can be shut down, with work in its queue") {
  process_pool_executor pool{{.max_workers = 1, .on_loss = worker_loss::break_pool}};
  outside::file file;
  outside o{file};
  auto running = pool.submit(remote<wait_there>, o, 1);
  auto waiting = pool.submit(remote<power>, 2, 2);
  o.await(0, 1);
  kill(pool.processes().at(0), SIGKILL);
  SUBCASE("it waits") {
    CHECK(pool.shutdown());
  }
  SUBCASE("it does not, and cancels") {
    pool.shutdown({.wait = false, .cancel_futures = true});
  }
  CHECK(ends(running));
  CHECK(ends(waiting));
}

TEST_CASE(
  "#085 #131 #132 processes: the initializer is called in each process, before its first task") {
  static int initialized = 0;
  process_pool_executor pool{
    {.max_workers = 2, .initializer = remote_call{[](int n) { initialized = n; }, 7}}};
  std::vector<future<int>> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(pool.submit([] { return initialized++; }));
  std::vector<int> seen;
  for (auto& f : all)
    seen.push_back(f.get_for(limit));
  std::ranges::sort(seen);
  CHECK(seen.front() == 7);
  CHECK(initialized == 0); // what is here is another one
}

TEST_CASE("#086 #135 processes: a failing initializer breaks the pool") {
  listener ear;
  process_pool_executor pool{
    {.max_workers = 2, .initializer = remote_call{[] { throw std::domain_error("no tools"); }}}};
  auto f = pool.submit(remote<power>, 2, 2);
  REQUIRE(ends(f));
  CHECK_THROWS_WITH_AS(f.get(), doctest::Contains("failed to initialize"), broken_process_pool);
  CHECK(eventually([&] { return pool.is_broken(); }));
  CHECK_THROWS_AS(pool.submit(remote<power>, 2, 2), broken_process_pool);
  CHECK(contains(ear.heard().at(0), "no tools"));
}

TEST_CASE("processes: stop tokens reach the task") {
  process_pool_executor pool{{.max_workers = 1}};
  outside::file file;
  outside o{file};
  auto until_stopped = [](const std::stop_token& stop, const outside& there) {
    there.add(0);
    while (!stop.stop_requested())
      std::this_thread::yield();
    return 42;
  };
  SUBCASE("by its future") {
    auto f = pool.submit(until_stopped, o);
    o.await(0, 1);
    CHECK(f.request_stop());
    CHECK(f.get_for(limit) == 42);
  }
  SUBCASE("by a token") {
    std::stop_source source;
    auto f = pool.submit(task_options{.stop = source.get_token()}, until_stopped, o);
    o.await(0, 1);
    source.request_stop();
    CHECK(f.get_for(limit) == 42);
  }
  SUBCASE("by the shutdown") {
    auto f = pool.submit(until_stopped, o);
    o.await(0, 1);
    pool.shutdown({.request_stop = true});
    CHECK(f.get_for(limit) == 42);
  }
  SUBCASE("and no other one") {
    auto f = pool.submit(until_stopped, o);
    o.await(0, 1);
    CHECK(f.request_stop());
    CHECK(f.get_for(limit) == 42);
    CHECK_FALSE(
      pool.submit([](const std::stop_token& t) { return t.stop_requested(); }).get_for(limit));
  }
}

TEST_CASE("processes: a deadline, and a task that does not care") {
  process_pool_executor pool{{.max_workers = 1, .grace = 50ms}};
  auto f = pool.submit(task_options{.deadline = 100ms}, [] {
    for (;;)
      pause();
  });
  REQUIRE(ends(f));
  CHECK_THROWS_AS(f.get(), timeout_error);
  CHECK(pool.submit(remote<power>, 2, 2).get_for(limit) == 4); // its process was killed
}

TEST_CASE("processes: priorities, pausing, statistics") {
  process_pool_executor pool{{.max_workers = 1, .measure_times = true}};
  outside::file file;
  outside o{file};
  auto turn = [](const outside& there) { return there.add(2); };
  pool.pause();
  auto later = pool.submit(turn, o);
  auto sooner = pool.submit(task_options{.priority = 1}, turn, o);
  CHECK(pool.stats().queued == 2);
  CHECK(pool.remove(pool.submit(turn, o)));
  pool.resume();
  CHECK(sooner.get_for(limit) == 0);
  CHECK(later.get_for(limit) == 1);
  pool.wait_idle();
  auto s = pool.stats();
  CHECK(s.done == 2);
  CHECK(s.cancelled == 1);
  CHECK(s.workers == 1);
}

TEST_CASE("processes: bounded queues") {
  process_pool_executor pool{
    {.max_workers = 1, .max_queued = 1, .overflow = overflow_policy::fail}};
  outside::file file;
  outside o{file};
  auto running = pool.submit(remote<wait_there>, o, 1);
  o.await(0, 1);
  auto waiting = pool.submit(remote<power>, 2, 2);
  CHECK_THROWS_AS(pool.submit(remote<power>, 2, 2), rejected);
  o.add(1);
  CHECK(waiting.get_for(limit) == 4);
}

TEST_CASE("processes: posted tasks, and what they throw") {
  listener ear;
  process_pool_executor pool{{.max_workers = 1, .on_failure = ear.handler()}};
  outside::file file;
  outside o{file};
  pool.post([](const outside& there) { there.add(0); }, o);
  pool.post([] { throw std::range_error("posted"); });
  pool.wait_idle();
  CHECK(o.count(0) == 1);
  REQUIRE(ear.heard().size() == 1);
  CHECK(contains(ear.heard()[0], "posted"));
}

TEST_CASE("processes: futures of theirs are futures") {
  process_pool_executor pool{{.max_workers = 2}};
  auto f = pool.submit(remote<power>, 2, 3).then([](const future<int>& p) { return p.get() + 1; });
  CHECK(f.get_for(limit) == 9);
  std::vector<future<int>> all{pool.submit(remote<power>, 2, 4), pool.submit(remote<power>, 2, 5)};
  int sum = 0;
  for (auto g : as_completed(all))
    sum += g.get();
  CHECK(sum == 48);
  static_assert(executor<process_pool_executor>);
}

TEST_CASE("processes: a callback may wait for another task") {
  process_pool_executor pool{{.max_workers = 1}};
  promise<int> seen;
  auto f = pool.submit(remote<power>, 2, 3);
  f.add_done_callback(
    [&](const future<int>&) { seen.set_value(pool.submit(remote<power>, 3, 2).get_for(limit)); });
  CHECK(seen.get_future().get_for(limit) == 9);
}

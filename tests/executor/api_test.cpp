// The names that programs outside of this repository compile against. Qualified, as they may be
// there.

#include <list>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/mailroom.hpp"

using namespace std::chrono_literals;

namespace {

mailroom::future<int> twice(mailroom::future<int> f) {
  co_return 2 * co_await f;
}

template <mailroom::executor E>
void use_tasks(E& pool) {
  mailroom::future<int> f = pool.submit([](int a, int b) { return a + b; }, 40, 2);
  CHECK(f.get() == 42);
  CHECK(f.get_for(1s) == 42);
  CHECK_FALSE(f.exception());
  CHECK_FALSE(f.exception_for(1s));
  CHECK_FALSE((f.cancel() || f.cancelled() || f.running()));
  CHECK(f.state() == mailroom::future_state::finished);
  CHECK(mailroom::to_string(f).find("returned int") != std::string::npos);
  CHECK(twice(f).get() == 84);
  CHECK(f.then(pool, [](mailroom::future<int> g) { return g.get() + 1; }).get() == 43);

  auto g = pool.submit(mailroom::task_options{.priority = 1, .deadline = 10s, .stop = {}},
                       [](std::stop_token stop) { return stop.stop_requested() ? 1 : 2; });
  auto h = pool.submit([]() -> int { throw 0; });
  auto [done, not_done] =
    mailroom::wait(std::list{f, g, h}, mailroom::return_when::all_completed, 10s);
  CHECK(done.size() == 3);
  CHECK(not_done.empty());
  int ended = 0;
  for (auto x : mailroom::as_completed(done, 10s))
    ended += x.done() ? 1 : 0;
  CHECK(ended == 3);
  CHECK(mailroom::when_all(std::vector{f, g}).get().size() == 2);
  CHECK(mailroom::when_any(std::vector{f, g}).get().futures.size() == 2);
  CHECK(*pool.submit([] { return std::make_unique<int>(5); }).take() == 5);
}

template <mailroom::executor E>
void use_executor(E& pool) {
  pool.post([] {});
  int sum = 0;
  mailroom::map_options options{.timeout = 10s, .chunk_size = 2, .buffer_size = 2};
  for (int n : pool.map([](int a) { return a * a; }, std::vector{1, 2, 3}, options))
    sum += n;
  CHECK(sum == 14);
  pool.shutdown(mailroom::shutdown_options{.wait = true, .cancel_futures = false});
  mailroom::statistics s = pool.stats();
  CHECK(s.queued + s.running + s.cancelled == 0);
  CHECK_THROWS_AS(static_cast<void>(pool.submit([] {})), mailroom::shutdown_error);
}

} // namespace

TEST_CASE_TEMPLATE("api: the names of the executors", Executor, mailroom::thread_pool_executor,
                   mailroom::actor_pool_executor) {
  Executor pool{mailroom::executor_options{.max_workers = 2,
                                           .thread_name_prefix = "out",
                                           .initializer = [] {},
                                           .max_queued = 100,
                                           .overflow = mailroom::overflow_policy::wait}};
  use_tasks(pool);
  use_executor(pool);
}

TEST_CASE("api: an actor pool in a system of one's own") {
  mailroom::system sys;
  mailroom::actor_pool_executor pool{sys, {.max_workers = 4}};
  CHECK(pool.submit([] { return 1; }).get() == 1);
}

TEST_CASE("api: a promise") {
  mailroom::promise<std::string> p;
  auto f = p.get_future();
  CHECK(p.set_running_or_notify_cancel());
  p.set_value("text");
  CHECK(f.get() == "text");
}

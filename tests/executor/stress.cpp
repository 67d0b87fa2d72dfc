// Submits, cancels, waits, pauses and shuts down at random, on both executors, from several
// threads, and checks that every future ended and every task was counted once.
//
//   executor_stress SECONDS [SEED]

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/executor/thread_pool_executor.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

using random_source = std::mt19937_64;
using stopwatch = std::chrono::steady_clock;

int pick(random_source& r, int from, int to) {
  return std::uniform_int_distribution<int>{from, to}(r);
}

bool one_in(random_source& r, int n) {
  return pick(r, 1, n) == 1;
}

[[noreturn]] void fail(const std::string& what) {
  fmt::print(stderr, "executor_stress: {}\n", what);
  std::fflush(stderr);
  std::_Exit(1);
}

/// Ends the program if a round takes too long.
class watchdog {
public:
  explicit watchdog(std::string round)
    : thread_([this, round] {
        std::unique_lock lock{mutex_};
        if (!changed_.wait_for(lock, 100s, [this] { return done_; }))
          fail(round + " hangs");
      }) {}
  ~watchdog() {
    {
      std::lock_guard lock{mutex_};
      done_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false; // guarded by mutex_
  std::thread thread_;
};

executor_options some_options(random_source& r) {
  executor_options o;
  o.max_workers = pick(r, 1, 4);
  if (one_in(r, 3)) {
    o.max_queued = static_cast<std::size_t>(pick(r, 1, 5));
    o.overflow = static_cast<overflow_policy>(pick(r, 0, 3));
  }
  o.measure_times = one_in(r, 3);
  if (one_in(r, 3))
    o.idle_timeout = std::chrono::milliseconds{pick(r, 1, 3)};
  if (one_in(r, 10))
    o.initializer = [n = std::make_shared<std::atomic<int>>(pick(r, 0, 3))] {
      if (n->fetch_sub(1) == 0)
        throw std::runtime_error("this worker is not fit");
    };
  o.on_failure = [](std::string_view, const std::exception_ptr&) {};
  return o;
}

/// What several threads do to one executor.
template <class Executor>
class round_of {
public:
  round_of(Executor& pool, std::uint64_t seed) : pool_(pool), seed_(seed) {}

  void run() {
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < 3; ++i)
      threads.emplace_back([this, i] { submit_and_disturb(random_source{seed_ + i}); });
    disturb_all(random_source{seed_ + 99});
    for (auto& t : threads)
      t.join();
  }

  std::vector<future<int>> futures() {
    std::lock_guard lock{mutex_};
    return futures_;
  }
  std::uint64_t callbacks() const { return callbacks_.load(); }

private:
  void keep(future<int> f) {
    f.add_done_callback([this](const future<int>&) { callbacks_.fetch_add(1); });
    std::lock_guard lock{mutex_};
    futures_.push_back(std::move(f));
  }

  future<int> any(random_source& r) {
    std::lock_guard lock{mutex_};
    if (futures_.empty())
      return {};
    return futures_[std::uniform_int_distribution<std::size_t>{0, futures_.size() - 1}(r)];
  }

  void submit_and_disturb(random_source r) {
    for (int i = 0; i < 60; ++i) {
      try {
        submit_something(r);
      } catch (const rejected&) {
      } catch (const shutdown_error&) {
        return;
      } catch (const broken_executor&) {
        return;
      }
      if (auto f = any(r); f.valid())
        switch (pick(r, 0, 7)) {
          case 0: f.cancel(); break;
          case 1: f.request_stop(); break;
          case 2: pool_.remove(f); break;
          case 3: f.wait_for(std::chrono::microseconds{pick(r, 0, 300)}); break;
          case 4: static_cast<void>(f.then([](const future<int>& x) { return x.done(); })); break;
          case 5:
            pool_.pause();
            pool_.resume();
            break;
          default: break;
        }
    }
  }

  void submit_something(random_source& r) {
    task_options o;
    if (one_in(r, 3))
      o.priority = pick(r, -3, 3);
    if (one_in(r, 10))
      o.deadline = std::chrono::microseconds{pick(r, 0, 500)};
    switch (pick(r, 0, 7)) {
      case 0: keep(pool_.submit([]() -> int { throw std::runtime_error("as planned"); })); break;
      case 1: keep(pool_.submit(o, [] { return 1; })); break;
      case 2:
        keep(pool_.submit([](std::stop_token stop) {
          for (int i = 0; i < 100 && !stop.stop_requested(); ++i)
            std::this_thread::yield();
          return 2;
        }));
        break;
      case 3: // a task that needs another one
        keep(pool_.submit([this, n = pick(r, 1, 3)] { return nested(n); }));
        break;
      case 4: // a task that waits for anything
        if (auto f = any(r); f.valid())
          keep(pool_.submit([f] { return f.wait_for(1ms) ? 1 : 0; }));
        break;
      case 5: pool_.post([] {}); break;
      default: keep(pool_.submit([] { return 3; })); break;
    }
  }

  int nested(int depth) {
    if (depth == 0)
      return 0;
    auto a = pool_.submit([this, depth] { return nested(depth - 1); });
    auto b = pool_.submit([this, depth] { return nested(depth - 1); });
    return a.get() + b.get() + 1;
  }

  void disturb_all(random_source r) {
    for (int i = pick(r, 0, 20); i > 0; --i) {
      switch (pick(r, 0, 3)) {
        case 0: pool_.pause(); break;
        case 1: pool_.wait_idle_for(std::chrono::microseconds{pick(r, 0, 500)}); break;
        case 2: static_cast<void>(pool_.stats()); break;
        default: std::this_thread::yield();
      }
      pool_.resume();
    }
    if (one_in(r, 2))
      pool_.shutdown(
        {.wait = one_in(r, 2), .cancel_futures = one_in(r, 2), .request_stop = one_in(r, 2)});
  }

  Executor& pool_;
  std::uint64_t seed_;
  std::mutex mutex_;
  std::vector<future<int>> futures_; // guarded by mutex_
  std::atomic<std::uint64_t> callbacks_{0};
};

template <class Executor>
void check(Executor& pool, round_of<Executor>& round, const std::string& name) {
  pool.shutdown();
  auto all = round.futures();
  for (auto& f : all)
    if (!f.done())
      fail(name + ": has not ended: " + to_string(f));
  if (round.callbacks() != all.size())
    fail(fmt::format("{}: {} callbacks for {} futures", name, round.callbacks(), all.size()));
  auto s = pool.stats();
  if (s.queued != 0 || s.running != 0 || s.workers != 0)
    fail(name + ": not empty after its end: " + to_string(s));
}

template <class Executor, class... System>
void one_round(const std::string& name, std::uint64_t seed, bool may_cooperate, System&... sys) {
  watchdog dog{name};
  random_source r{seed};
  auto options = some_options(r);
  if (may_cooperate && one_in(r, 4))
    options.workers = worker_kind::cooperative;
  Executor pool{sys..., options};
  round_of<Executor> round{pool, seed};
  round.run();
  check(pool, round, name);
}

int threads_of_this_process() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("Threads:"))
      return std::atoi(line.c_str() + 8);
  return -1;
}

/// Threads that have been joined may be seen for some microseconds more.
void expect_threads(int expected) {
  auto limit = stopwatch::now() + 20s;
  while (threads_of_this_process() != expected)
    if (stopwatch::now() > limit)
      fail(fmt::format("{} threads are left, not {}", threads_of_this_process(), expected));
    else
      std::this_thread::yield();
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    fmt::print(stderr, "usage: executor_stress SECONDS [SEED]\n");
    return 2;
  }
  auto limit = stopwatch::now() + std::chrono::seconds{std::atoi(argv[1])};
  std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device{}();
  fmt::print("seed {}\n", seed);
  std::fflush(stdout);
  int rounds = 0;
  std::thread{[] {}}.join(); // a sanitizer may start a thread of its own with the first one
  auto threads_before = threads_of_this_process();
  {
    mailroom::system sys;
    while (stopwatch::now() < limit) {
      auto s = seed + static_cast<std::uint64_t>(rounds) * 1000;
      one_round<thread_pool_executor>(fmt::format("thread pool, seed {}", s), s, false);
      one_round<actor_pool_executor>(fmt::format("actor pool, seed {}", s), s, true, sys);
      ++rounds;
    }
    auto waiting = stopwatch::now() + 20s;
    while (sys.running() > 0) // an actor has ended, but is counted for some microseconds
      if (stopwatch::now() > waiting)
        fail(fmt::format("{} actors are left", sys.running()));
      else
        std::this_thread::yield();
  }
  expect_threads(threads_before);
  fmt::print("{} rounds, no complaint\n", rounds);
}

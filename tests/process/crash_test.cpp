#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "mailroom/process/process_pool_executor.hpp"
#include "process/tasks.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Processes that end when they should not, and what is left of their tasks and of the pool.

namespace {

/// Whether a process has ended, all its threads, and nobody has asked how.
bool is_zombie(int process) {
  auto place = "/proc/" + std::to_string(process);
  std::ifstream file{place + "/stat"};
  std::string text;
  std::getline(file, text);
  namespace fs = std::filesystem;
  return contains(text, ") Z ")
         && std::distance(fs::directory_iterator{place + "/task"}, fs::directory_iterator{}) == 1;
}

} // namespace

// -- killed from outside ----------------------------------------------------------------------------------

TEST_CASE("#090 #091 crash: the pool is broken, for each task with an exception of its own") {
  process_pool_executor pool{{.max_workers = 2, .on_loss = worker_loss::break_pool}};
  outside::file file;
  outside o{file};
  auto all = submit_waiting(pool, o, 6);
  o.await(0, 2);
  kill(pool.processes().at(0), SIGTERM);
  std::vector<std::exception_ptr> errors;
  for (auto& f : all) {
    REQUIRE(ends(f));
    CHECK_THROWS_AS(f.get(), broken_process_pool);
    errors.push_back(f.exception());
  }
  for (std::size_t i = 0; i < errors.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      CHECK(errors[i] != errors[j]);
  CHECK_THROWS_WITH_AS(pool.submit(remote<own_process>),
                       doctest::Contains("signal 15 (Terminated)"), broken_process_pool);
  CHECK(eventually([&] { return pool.processes().empty(); }));
}

TEST_CASE("crash: one task is lost, no other") {
  process_pool_executor pool{{.max_workers = 2}};
  outside::file file;
  outside o{file};
  auto all = submit_waiting(pool, o, 6);
  o.await(0, 2);
  kill(pool.processes().at(0), SIGKILL);
  o.await(0, 3); // another one has begun in its place
  o.add(1);
  int lost = 0;
  for (auto& f : all) {
    REQUIRE(ends(f));
    lost += f.exception() ? 1 : 0;
  }
  CHECK(lost == 1);
}

TEST_CASE("crash: a process without a task costs no task") {
  process_pool_executor pool{{.max_workers = 1}};
  auto process = pool.submit(remote<own_process>).get_for(limit);
  for (int i = 0; i < 10; ++i) {
    kill(process, SIGKILL);
    CHECK(eventually([&] { return is_zombie(process); }));
    auto next = pool.submit(remote<own_process>).get_for(limit);
    CHECK(next != process);
    process = next;
  }
}

TEST_CASE("#093 #138 error: type, text, and where it came from") {
  process_pool_executor pool{{.max_workers = 1, .name_prefix = "bakers"}};
  auto f = pool.submit([]() -> int { throw std::out_of_range("oven"); });
  REQUIRE(ends(f));
  try {
    f.get();
    FAIL("nothing was thrown");
  } catch (const std::out_of_range& e) {
    CHECK(std::string{e.what()} == "oven");
    try {
      std::rethrow_if_nested(e);
      FAIL("nothing is nested");
    } catch (const remote_error& cause) {
      CHECK(cause.type() == "std::out_of_range");
      CHECK(cause.worker() == "bakers_0");
      CHECK(contains(cause.what(), "oven"));
    }
  }
  CHECK(text_of(f) == "std::out_of_range: oven");
  CHECK(contains(text_of(pool.submit([] { throw 7; })), "int"));
  CHECK(
    contains(text_of(pool.submit([] { throw mishap("mine"); })), "mailroom::test::mishap: mine"));
  CHECK_THROWS_AS(pool.submit([] { throw std::bad_alloc(); }).get_for(limit), std::bad_alloc);
}

namespace {

class out_of_stock : public std::exception {
public:
  out_of_stock() = default;
  explicit out_of_stock(int left) : left_(left) {}
  int left() const noexcept { return left_; }
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, out_of_stock& e) {
    return f(e.left_);
  }

private:
  int left_ = 0;
};

const remote_exception<out_of_stock> out_of_stock_travels;

} // namespace

TEST_CASE("error: types of one's own, with what is in them") {
  process_pool_executor pool{{.max_workers = 1}};
  auto f = pool.submit([] { throw out_of_stock(3); });
  REQUIRE(ends(f));
  try {
    f.get();
    FAIL("nothing was thrown");
  } catch (const out_of_stock& e) {
    CHECK(e.left() == 3);
  }
}

namespace {

/// Counts, in the process where it is, how many of it there are.
struct counted {
  static inline int living = 0;
  counted() { ++living; }
  counted(const counted&) { ++living; }
  counted& operator=(const counted&) = default;
  ~counted() { --living; }
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, counted&) {
  return f();
}

} // namespace

TEST_CASE("#095 arguments are gone when the call is") {
  process_pool_executor pool{{.max_workers = 1}};
  CHECK(pool.submit([](const counted&) { return counted::living; }, counted{}).get_for(limit) == 1);
  CHECK(pool.submit([] { return counted::living; }).get_for(limit) == 0);
}

// -- at most once, or at least once -----------------------------------------------------------------------

TEST_CASE("idempotent: begun again, and not for ever") {
  process_pool_executor pool{{.max_workers = 1, .most_attempts = 3}};
  outside::file file;
  outside o{file};
  auto fail_until = [](const outside& there, int n) {
    if (there.add(0) < n)
      _exit(5);
    return there.count(0);
  };
  CHECK(pool.submit(task_options{.idempotent = true}, fail_until, o, 2).get_for(limit) == 3);
  auto poison = pool.submit(task_options{.idempotent = true}, fail_until, o, 100);
  CHECK(contains(text_of(poison), "exited with code 5"));
  CHECK(o.count(0) == 6);
  auto once = pool.submit(fail_until, o, 100);
  CHECK(contains(text_of(once), "exited with code 5"));
  CHECK(o.count(0) == 7);
}

TEST_CASE("stopped: a process that does not answer is killed") {
  process_pool_executor pool{{.max_workers = 1, .unresponsive_after = 100ms}};
  auto f = pool.submit([] { std::raise(SIGSTOP); });
  CHECK(contains(text_of(f), "has not answered"));
  CHECK(pool.submit(remote<own_process>).get_for(limit) > 0);
}

TEST_CASE("stopped: not one whose task takes long") {
  process_pool_executor pool{{.max_workers = 1, .unresponsive_after = 400ms}};
  auto busy = [] {
    auto end = std::chrono::steady_clock::now() + 1s;
    while (std::chrono::steady_clock::now() < end) {
    }
    return 1;
  };
  CHECK(pool.submit(busy).get_for(limit) == 1);
}

TEST_CASE("crash: a process that says what is no answer is ended") {
  process_pool_executor pool{{.max_workers = 1}};
  auto process = pool.submit(remote<own_process>).get_for(limit);
  for (int channel : {3, 4}) // that of tasks, and that of control
    for (char letter : {'x', '\0'}) {
      auto f = pool.submit(
        [](int fd, char c) {
          std::vector<char> noise(1'000, c);
          auto sent = write(fd, noise.data(), noise.size());
          pause();
          return sent;
        },
        channel, letter);
      CHECK_THROWS_AS(f.get_for(limit), worker_lost);
    }
  CHECK(kill(process, 0) != 0);
  CHECK(pool.submit(remote<own_process>).get_for(limit) > 0);
}

// -- data ------------------------------------------------------------------------------------------------

TEST_CASE("#129 big data: a process that dies while it is sent") {
  process_pool_executor pool{{.max_workers = 1}};
  pool.submit(remote<own_process>).get_for(limit);
  std::string big(20'000'000, 'x');
  for (int i = 0; i < 5; ++i) {
    auto f = pool.submit(
      [](const std::string& s) {
        std::raise(SIGKILL);
        return s.size();
      },
      big);
    CHECK_THROWS_AS(f.get_for(limit), worker_lost);
  }
  auto victim = pool.submit(remote<own_process>).get_for(limit);
  kill(victim, SIGSTOP);
  auto f = pool.submit([](const std::string& s) { return s.size(); }, big);
  kill(victim, SIGKILL);
  CHECK(f.get_for(limit) == big.size()); // that one cannot have begun it
  CHECK(pool.submit([](std::string s) { return s; }, big).get_for(limit) == big);
}

TEST_CASE("#130 many are submitted before the first process is there") {
  process_pool_executor pool{{.max_workers = 2}};
  std::vector<future<int>> all;
  for (int i = 0; i < 5'000; ++i)
    all.push_back(pool.submit([](int n) { return n; }, i));
  long sum = 0;
  for (auto& f : all)
    sum += f.get_for(limit);
  CHECK(sum == 5'000L * 4'999 / 2);
}

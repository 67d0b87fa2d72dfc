#include "mailroom/executor/executor.hpp"

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

struct multiplier {
  int factor = 0;
  int times(int n) const { return factor * n; }
};

template <class Executor, class... Arguments>
constexpr bool can_submit = requires(Executor& ex, Arguments... arguments) {
  ex.submit(arguments...);
};

} // namespace

TEST_CASE_TEMPLATE("#037 submit: the result of the call", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  CHECK(ex.submit(power, 2, 8).get_for(limit) == 256);
}

TEST_CASE_TEMPLATE("#038 submit: arguments are copied, and moved into the call", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  CHECK(ex.submit(&multiplier::times, multiplier{8}, 2).get_for(limit) == 16);
  std::string text = "mine";
  auto f = ex.submit([](std::string s) { return s + "!"; }, text);
  CHECK(f.get_for(limit) == "mine!");
  CHECK(text == "mine");
}

TEST_CASE_TEMPLATE("#038 submit: std::ref, and members of objects elsewhere", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  int n = 1;
  CHECK_NOTHROW(ex.submit([](int& m) { m = 2; }, std::ref(n)).get_for(limit));
  CHECK(n == 2);
  multiplier m{7};
  CHECK(ex.submit(&multiplier::times, &m, 6).get_for(limit) == 42);
  CHECK(ex.submit(&multiplier::times, std::ref(m), 6).get_for(limit) == 42);
  CHECK(ex.submit(&multiplier::factor, m).get_for(limit) == 7);
}

TEST_CASE_TEMPLATE("#038 submit: what can only be moved", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  auto f = ex.submit([](std::unique_ptr<int> p) { return std::make_unique<int>(*p + 1); },
                     std::make_unique<int>(41));
  REQUIRE(ends(f));
  CHECK(*f.take() == 42);
  auto g = ex.submit([p = std::make_unique<int>(5)]() mutable { return std::move(p); });
  REQUIRE(ends(g));
  CHECK(*std::move(g).get() == 5);
}

TEST_CASE_TEMPLATE("#038 submit: what cannot be called is refused by the compiler", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  auto nothing = [] {};
  auto of_text = [](const std::string&) {};
  static_assert(can_submit<Executor, decltype(nothing)>);
  static_assert(can_submit<Executor, decltype(of_text), const char*>);
  static_assert(!can_submit<Executor>);
  static_assert(!can_submit<Executor, int>);
  static_assert(!can_submit<Executor, decltype(nothing), int>);
  static_assert(!can_submit<Executor, decltype(of_text)>);
  static_assert(!can_submit<Executor, decltype(of_text), int*>);
  static_assert(executor<Executor>);
}

TEST_CASE_TEMPLATE("#054 submit: the callable goes as soon as it has run, future or not", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  auto object = std::make_shared<int>(1);
  std::weak_ptr<int> watch = object;
  (void)ex.submit([object] { return *object; });
  object = nullptr;
  CHECK(eventually([&] { return watch.expired(); }));
}

TEST_CASE_TEMPLATE("#054 submit: callable and arguments are gone when the future is done", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  for (bool managed : {false, true}) {
    auto object = std::make_shared<int>(1);
    std::weak_ptr<int> watch = object;
    std::function call = [object](const std::shared_ptr<int>& other) { return *object + *other; };
    auto f =
      managed ? ex.submit(task_options{.priority = 1}, call, object) : ex.submit(call, object);
    call = nullptr;
    object = nullptr;
    CHECK(f.get_for(limit) == 2);
    CHECK(watch.expired());
  }
}

TEST_CASE_TEMPLATE("#055 executor: less than no workers are no argument", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  CHECK_THROWS_WITH_AS(Executor({.max_workers = -1}), "max_workers must be greater than 0",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Executor({.max_workers = 1'000'000}), doctest::Contains("must be at most"),
                       std::invalid_argument);
  CHECK_THROWS_AS(Executor({.idle_timeout = 0ms}), std::invalid_argument);
  CHECK(Executor{{.max_workers = 0}}.max_workers() == default_workers());
}

namespace {

/// An error that says of itself that it is none.
struct denial {
  explicit operator bool() const { return false; }
};

} // namespace

TEST_CASE_TEMPLATE("#057 submit: whatever is thrown is a failure", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  auto fails = [](auto f) {
    f.wait_for(limit);
    return thrown_by([&] { f.get_for(0s); });
  };
  CHECK(fails(ex.submit([] { throw 0; })) == "int");
  CHECK(fails(ex.submit([] { throw false; })) == "bool");
  CHECK(fails(ex.submit([] { throw nullptr; })) == "decltype(nullptr)");
  CHECK(fails(ex.submit([] { throw denial{}; })) == "(anonymous namespace)::denial");
  CHECK(fails(ex.submit([]() -> int { throw std::exception_ptr{}; }))
        == "std::__exception_ptr::exception_ptr");
  CHECK(ex.stats().failed == 5);
}

// -- what Python does not ask -------------------------------------------------------------------------

TEST_CASE_TEMPLATE("submit: void, references and constants", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  int n = 1;
  static_assert(std::same_as<decltype(ex.submit([] {})), future<void>>);
  static_assert(std::same_as<decltype(ex.submit([&]() -> int& { return n; })), future<int&>>);
  static_assert(
    std::same_as<decltype(ex.submit([&]() -> int&& { return std::move(n); })), future<int>>);
  ex.submit([&]() -> int& { return n; }).get_for(limit) = 5;
  CHECK(n == 5);
  auto view = ex.submit([&]() -> const int& { return n; });
  CHECK(&view.get_for(limit) == &n);
  CHECK_NOTHROW(ex.submit([] {}).get_for(limit));
}

TEST_CASE_TEMPLATE("submit: what needs a special place in memory has it", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  struct alignas(256) wide {
    bool operator()() const { return reinterpret_cast<std::uintptr_t>(this) % 256 == 0; }
  };
  Executor ex;
  for (int i = 0; i < 10; ++i)
    CHECK(ex.submit(wide{}).get_for(limit));
  auto result = ex.submit([] { return wide{}; });
  REQUIRE(ends(result));
  CHECK(result.get()());
}

TEST_CASE_TEMPLATE("submit: one worker begins tasks in the order they were submitted in", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  std::vector<int> begun; // by the one worker
  ex.pause();
  for (int i = 0; i < 1000; ++i)
    ex.post([&begun, i] { begun.push_back(i); });
  ex.resume();
  ex.shutdown();
  CHECK(begun.size() == 1000);
  CHECK(std::ranges::is_sorted(begun));
}

#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/locking/locked.hpp"
#include "mailroom/messaging/transact.hpp"

using namespace mailroom;

// What state that many threads use has to do, be it with an agent or behind a lock.

namespace {

struct with_agent {
  template <class T>
  using guarded = agent<T>;

  template <class T, class F>
  static auto call(agent<T>& a, F f) {
    return a.ask(std::move(f)).take();
  }

  template <class F, class... T>
  static auto call_all(F f, agent<T>&... all) {
    return transact(all..., std::move(f)).take();
  }
};

struct with_lock {
  template <class T>
  using guarded = locked<T>;

  template <class T, class F>
  static auto call(locked<T>& l, F f) {
    return l.with(std::move(f));
  }

  template <class F, class... T>
  static auto call_all(F f, locked<T>&... all) {
    return with(std::move(f), all...);
  }
};

} // namespace

#define MAILROOM_GUARDS with_agent, with_lock

TEST_CASE_TEMPLATE("guarded: a function gets the state, and its result comes back", Guard,
                   MAILROOM_GUARDS) {
  typename Guard::template guarded<std::string> name{"mail"};
  CHECK(Guard::call(name, [](std::string& n) { return n.size(); }) == 4);
  Guard::call(name, [](std::string& n) { n += "room"; });
  CHECK(name.snapshot() == "mailroom");
}

TEST_CASE_TEMPLATE("guarded: no reference to the state gets out", Guard, MAILROOM_GUARDS) {
  typename Guard::template guarded<std::string> name{"mail"};
  auto copy = Guard::call(name, [](std::string& n) -> std::string& { return n; });
  static_assert(std::is_same_v<decltype(copy), std::string>);
  copy += "box";
  CHECK(name.snapshot() == "mail");
}

TEST_CASE_TEMPLATE("guarded: states, functions and results need not be copied", Guard,
                   MAILROOM_GUARDS) {
  typename Guard::template guarded<std::unique_ptr<int>> box{std::make_unique<int>(1)};
  auto old = Guard::call(box, [fresh = std::make_unique<int>(2)](std::unique_ptr<int>& b) mutable {
    return std::exchange(b, std::move(fresh));
  });
  CHECK(*old == 1);
  CHECK(Guard::call(box, [](std::unique_ptr<int>& b) { return *b; }) == 2);
}

TEST_CASE_TEMPLATE("guarded: who calls gets the exception, and the next one the state", Guard,
                   MAILROOM_GUARDS) {
  typename Guard::template guarded<int> n{1};
  auto fail = [](int& i) {
    ++i;
    throw std::domain_error("no");
  };
  CHECK_THROWS_AS(Guard::call(n, fail), std::domain_error);
  CHECK(n.snapshot() == 2);
}

TEST_CASE_TEMPLATE("guarded: no update is lost", Guard, MAILROOM_GUARDS) {
  typename Guard::template guarded<long> n{0};
  constexpr int each = 20'000;
  {
    std::vector<std::jthread> team;
    for (int i = 0; i < 4; ++i)
      team.emplace_back([&] {
        for (int k = 0; k < each; ++k)
          Guard::call(n, [](long& x) { ++x; });
      });
  }
  CHECK(n.snapshot() == 4 * each);
}

TEST_CASE_TEMPLATE("guarded: several at once, in whatever order they are named", Guard,
                   MAILROOM_GUARDS) {
  using account = typename Guard::template guarded<long>;
  account first{1000};
  account second{1000};
  account third{1000};
  auto move = [](account& from, account& to) {
    Guard::call_all(
      [](long& a, long& b) {
        --a;
        ++b;
      },
      from, to);
  };
  auto sum = [&] {
    return Guard::call_all([](long a, long b, long c) { return a + b + c; }, third, first, second);
  };
  constexpr int each = 5'000;
  int wrong_sums = 0;
  {
    std::jthread there{[&] {
      for (int i = 0; i < each; ++i)
        move(first, second);
    }};
    std::jthread back{[&] {
      for (int i = 0; i < each; ++i)
        move(second, first);
    }};
    std::jthread around{[&] {
      for (int i = 0; i < each; ++i) {
        move(third, first);
        move(second, third);
      }
    }};
    for (int i = 0; i < each; ++i)
      wrong_sums += sum() != 3000;
  }
  CHECK(wrong_sums == 0);
  CHECK(sum() == 3000);
}

TEST_CASE_TEMPLATE("guarded: who calls several gets the exception, and they are free", Guard,
                   MAILROOM_GUARDS) {
  typename Guard::template guarded<int> a{1};
  typename Guard::template guarded<std::string> b{"x"};
  auto fail = [](int&, std::string&) { throw std::domain_error("no"); };
  CHECK_THROWS_AS(Guard::call_all(fail, a, b), std::domain_error);
  auto both = [](int& n, std::string& s) { return std::to_string(n) + s; };
  CHECK(Guard::call_all(both, a, b) == "1x");
}

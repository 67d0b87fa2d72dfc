#include "mailroom/messaging/retry.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/messaging/circuit_breaker.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using times = std::vector<std::chrono::nanoseconds>;

/// Waits by letting time pass.
class virtual_time {
public:
  retry_options options{.attempts = 4, .delay = {.first = 100ms, .most = 10s, .jitter = 0}};
  times waited;
  std::chrono::steady_clock::time_point time;

  virtual_time() {
    options.now = [this] { return time; };
    options.wait = [this](std::chrono::nanoseconds d, const std::stop_token& stop) {
      waited.push_back(d);
      time += d;
      return !stop.stop_requested();
    };
  }
};

/// Fails so many times, and counts.
struct fails {
  int times_left;
  int calls = 0;
  int operator()() {
    ++calls;
    if (times_left-- > 0)
      throw timeout_error("late");
    return 42;
  }
};

} // namespace

// -- how often --------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(virtual_time, "retry: what succeeds is not tried again") {
  fails f{0};
  CHECK(retry(options, f) == 42);
  CHECK(f.calls == 1);
  CHECK(waited.empty());
}

TEST_CASE_FIXTURE(virtual_time, "retry: what fails is tried again, later each time") {
  fails f{3};
  CHECK(retry(options, f) == 42);
  CHECK(f.calls == 4);
  CHECK(waited == times{100ms, 200ms, 400ms});
}

TEST_CASE_FIXTURE(virtual_time, "retry: the last failure is that of the retry") {
  fails f{4};
  CHECK_THROWS_WITH_AS(retry(options, f), "late", timeout_error);
  CHECK(f.calls == 4);
  CHECK(waited.size() == 3);
}

TEST_CASE_FIXTURE(virtual_time, "retry: what is not worth it ends it at once") {
  int calls = 0;
  CHECK(thrown_by([&] {
          retry(options, [&] {
            ++calls;
            throw mishap("no use");
          });
        })
        == "test::mishap");
  CHECK(calls == 1);
  options.worth_it = is_any_of<mishap, std::invalid_argument>;
  CHECK(thrown_by([&] {
          retry(options, [&] {
            if (++calls < 4)
              throw mishap("again");
            throw timeout_error("not in the list");
          });
        })
        == "timeout_error");
  CHECK(calls == 4);
}

TEST_CASE_FIXTURE(virtual_time,
                  "retry: a function may know its attempt, and return what it likes") {
  std::string log;
  auto made = retry(options, [&](const attempt& a) {
    log += std::to_string(a.number);
    if (a.number < 3)
      throw rejected("full");
    return std::make_unique<int>(a.number);
  });
  CHECK(*made == 3);
  CHECK(log == "123");
  int& reference = retry(options, [&]() -> int& { return *made; });
  CHECK(&reference == made.get());
  retry(options, [] {});
}

// -- for how long -------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(virtual_time, "retry: nobody waits for an attempt that would begin too late") {
  options.timeout = 300ms;
  times left;
  CHECK(thrown_by([&] {
          retry(options, [&](const attempt& a) {
            left.push_back(a.left);
            time += 10ms;
            throw timeout_error("late");
          });
        })
        == "timeout_error");
  CHECK(left == times{300ms, 190ms}); // 200 ms more would be too late
  CHECK(waited == times{100ms});
}

TEST_CASE_FIXTURE(virtual_time, "retry: without a timeout there is all the time in the world") {
  retry(options, [&](const attempt& a) { CHECK(a.left == std::chrono::nanoseconds::max()); });
  options.timeout = 0s;
  fails f{1};
  CHECK_THROWS_AS(retry(options, f), timeout_error);
  CHECK(f.calls == 1);
}

TEST_CASE_FIXTURE(virtual_time, "retry: the same seed gives the same jitter") {
  auto delays = [&](std::optional<std::uint64_t> seed) {
    waited.clear();
    options.seed = seed;
    options.delay.jitter = 1;
    fails f{3};
    retry(options, f);
    return waited;
  };
  auto once = delays(1);
  CHECK(delays(1) == once);
  CHECK(delays(2) != once);
  CHECK(delays(std::nullopt) != delays(std::nullopt));
  times limits{100ms, 200ms, 400ms};
  for (std::size_t i = 0; i < once.size(); ++i) {
    CHECK(once[i] >= 0ms);
    CHECK(once[i] <= limits[i]);
  }
}

TEST_CASE_FIXTURE(virtual_time, "retry: nonsense is an argument error, and nothing is called") {
  auto refused = [](const retry_options& wrong) {
    fails f{0};
    CHECK_THROWS_AS(retry(wrong, f), std::invalid_argument);
    CHECK(f.calls == 0);
  };
  refused({.attempts = 0});
  refused({.timeout = -1ns});
  refused({.delay = {.factor = 0}});
}

// -- a way out ------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(virtual_time, "retry: told to stop, it does not begin") {
  std::stop_source source;
  options.stop = source.get_token();
  source.request_stop();
  fails f{0};
  CHECK_THROWS_AS(retry(options, f), cancelled_error);
  CHECK(f.calls == 0);
}

TEST_CASE("retry: told to stop, it does not wait any longer, and says what failed") {
  std::stop_source source;
  gate failed;
  std::string heard;
  std::thread patient{[&] {
    try {
      retry({.attempts = 2,
             .delay = {.first = 1h, .most = 1h, .jitter = 0},
             .stop = source.get_token()},
            [&] {
              failed.open();
              throw timeout_error("late");
            });
    } catch (const cancelled_error& e) {
      heard = e.what();
    }
  }};
  failed.pass();
  for (int i = 0; i < 100; ++i)
    std::this_thread::yield(); // more often than not, it waits by now
  source.request_stop();
  patient.join();
  CHECK(heard
        == "told to stop after attempt 1 of 2, which failed with mailroom::timeout_error: late");
}

TEST_CASE("retry: in real time, it waits for as long as it should") {
  fails f{2};
  auto begin = std::chrono::steady_clock::now();
  CHECK(retry({.delay = {.first = 5ms, .jitter = 0}}, f) == 42);
  CHECK(std::chrono::steady_clock::now() - begin >= 15ms);
}

// -- asking ---------------------------------------------------------------------------------------------------

namespace {

/// Answers only every third time.
caf::behavior hard_of_hearing(caf::stateful_actor<int>* self) {
  self->state = 0;
  return {
    [self](get_atom, int n) -> caf::result<int> {
      if (++self->state % 3 == 0)
        return n;
      return self->make_response_promise<int>();
    },
    [](done_atom) -> caf::result<void> { return caf::sec::runtime_error; },
  };
}

} // namespace

TEST_CASE("ask: patiently, until there is an answer") {
  mailroom::system sys;
  auto actor = sys.spawn(hard_of_hearing);
  ask_options patient{.timeout = 20ms, .retry = {.attempts = 20, .delay = {.first = 1ms}}};
  CHECK(ask<int>(sys, actor, patient, get_atom_v, 42) == 42);
}

TEST_CASE("ask: no more often, and for no longer than it may") {
  mailroom::system sys;
  auto actor = sys.spawn(hard_of_hearing);
  CHECK_THROWS_WITH_AS(
    ask<int>(sys, actor,
             {.timeout = 5ms, .retry = {.attempts = 2, .delay = {.first = 0ms, .most = 0ms}}},
             get_atom_v, 1),
    "no answer within 5 ms", timeout_error);
  CHECK(ask<int>(sys, actor, 10s, get_atom_v, 7) == 7); // the third question
  CHECK_THROWS_AS(ask<int>(sys, actor, {.timeout = 1h, .retry = {.timeout = 5ms}}, get_atom_v, 1),
                  timeout_error);
}

TEST_CASE("ask: an answer that is an error is an answer") {
  mailroom::system sys;
  auto actor = sys.spawn(hard_of_hearing);
  int attempts = 0;
  ask_options counting{.timeout = 10s};
  counting.retry.worth_it = [&](const std::exception_ptr& why) {
    ++attempts;
    return is_any_of<timeout_error>(why);
  };
  CHECK_THROWS_AS(ask<void>(sys, actor, counting, done_atom_v), system_error);
  CHECK(attempts == 1);
}

namespace {

/// Asks until there is an answer.
caf::behavior persistent(caf::stateful_actor<int>* self, const caf::actor& other,
                         const std::function<void(int)>& use) {
  backoff patience{.first = 1s, .most = 1min, .jitter = 0};
  self->send(self, get_atom_v);
  return {[=](get_atom) {
    auto ask_again = [=](caf::error&) {
      auto failures = ++self->state;
      self->delayed_send(self, patience.delay(failures, 0), get_atom_v);
    };
    self->request(other, 1s, get_atom_v, 42).then(use, ask_again);
  }};
}

} // namespace

TEST_CASE("backoff: an actor asks again without waiting") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto begin = sys.caf().clock().now();
  std::chrono::nanoseconds answered{};
  sys.spawn(persistent, sys.spawn(hard_of_hearing), [&](int n) {
    CHECK(n == 42);
    answered = sys.caf().clock().now() - begin;
  });
  sys.advance(1h);
  CHECK(answered == 5s); // two timeouts of 1s each, and 1s and 2s after them
}

TEST_CASE_FIXTURE(virtual_time,
                  "retry: a circuit breaker spares what fails, and the caller the wait") {
  circuit_breaker breaker{{.failures = 2, .now = options.now}};
  options.worth_it = is_any_of<timeout_error>;
  fails f{100};
  CHECK_THROWS_AS(retry(options, [&] { return breaker.call(f); }), circuit_open);
  CHECK(f.calls == 2);
  CHECK(waited == times{100ms, 200ms});
}

// Actors ask the pool with a request and get the result as a message.

#include "mailroom/executor/call.hpp"

#include <set>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/messaging/ask.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

/// Asks for a call from an ordinary thread, and returns the answer or the text of the error.
template <class Answer>
Answer asked(mailroom::system& sys, actor_pool_executor& pool, call what) {
  return ask<Answer>(sys, pool.actor(), 10s, std::move(what));
}

std::string error_of(mailroom::system& sys, actor_pool_executor& pool, call what) {
  try {
    ask<int>(sys, pool.actor(), 10s, std::move(what));
    return "no error";
  } catch (const system_error& e) {
    return e.what();
  }
}

} // namespace

TEST_CASE("call: the answer is what the task returns") {
  mailroom::system sys;
  actor_pool_executor pool{sys, {.max_workers = 2}};
  CHECK(asked<int>(sys, pool, call{[] { return 42; }}) == 42);
  CHECK(asked<std::string>(sys, pool, call{[] { return std::string("text"); }}) == "text");
  bool ran = false;
  asked<void>(sys, pool, call{[&] { ran = true; }});
  CHECK(ran);
}

TEST_CASE("call: it runs on a worker of the pool") {
  mailroom::system sys;
  actor_pool_executor pool{sys, {.max_workers = 1, .thread_name_prefix = "called"}};
  CHECK(asked<std::string>(sys, pool, call{[] { return this_worker::name(); }}) == "called_0");
}

TEST_CASE("call: what the task throws comes as an error with its text") {
  mailroom::system sys;
  actor_pool_executor pool{sys, {.max_workers = 1}};
  auto text = error_of(sys, pool, call{[]() -> int { throw std::runtime_error("no flour"); }});
  CHECK(text.find("std::runtime_error: no flour") != std::string::npos);
  CHECK(error_of(sys, pool, call{[]() -> int { throw 7; }}).find("type int") != std::string::npos);
  CHECK(asked<int>(sys, pool, call{[] { return 1; }}) == 1);
}

TEST_CASE("call: a pool that was shut down answers with an error") {
  mailroom::system sys;
  actor_pool_executor pool{sys, {.max_workers = 1}};
  auto front = pool.actor();
  pool.shutdown();
  auto text = error_of(sys, pool, call{[] { return 1; }});
  CHECK(text.find("cannot schedule new futures after shutdown") != std::string::npos);
}

TEST_CASE("call: an actor asks many times, goes on meanwhile, and hears of each once") {
  mailroom::system sys;
  actor_pool_executor pool{sys, {.max_workers = 3}};
  promise<std::set<int>> heard;
  auto result = heard.get_future();
  static constexpr int calls = 200;
  auto asking = [&](caf::event_based_actor* self) {
    auto answers = std::make_shared<std::set<int>>();
    for (int i = 0; i < calls; ++i)
      self->request(pool.actor(), 10s, call{[i] { return i; }})
        .then([&heard, self, answers](int n) {
          answers->insert(n);
          if (answers->size() == calls) {
            heard.set_value(*answers);
            self->quit();
          }
        });
  };
  sys.spawn(asking);
  CHECK(result.get_for(10s).size() == calls);
}

TEST_CASE("call: answers arrive although the pool is destroyed at once") {
  mailroom::system sys;
  promise<int> heard;
  auto result = heard.get_future();
  {
    actor_pool_executor pool{sys, {.max_workers = 1}};
    auto front = pool.actor();
    auto asking = [&heard, front](caf::event_based_actor* self) {
      self->request(front, 10s, call{[] { return 5; }})
        .then([&heard](int n) { heard.set_value(n); },
              [&heard](const caf::error&) { heard.set_value(-1); });
    };
    sys.spawn(asking);
    // Whether the request comes before the end or not: there is an answer.
  }
  auto n = result.get_for(10s);
  CHECK((n == 5 || n == -1));
}

#include <algorithm>
#include <memory>

#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/publish_subscribe/actor.hpp"
#include "actors/publish_subscribe/locked.hpp"
#include "actors/publish_subscribe/under_lock.hpp"
#include "executor/support.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using ending = explore::ending;
using callback = std::function<void(const std::string&, const std::string&)>;

auto ignore = [](auto&, auto&) {};

/// An actor that calls a function with what it hears.
auto subscriber(callback f) {
  return [f](subscriber_actor::pointer) -> subscriber_actor::behavior_type {
    return {[f](published_atom, const std::string& topic, const std::string& content) {
      f(topic, content);
    }};
  };
}

/// A broker that is an actor, for threads.
class asked_broker {
public:
  using id = subscriber_actor;

  id subscribe(const std::string& topic, callback f) {
    auto who = sys_.spawn(subscriber(std::move(f)));
    ask<bool>(sys_, broker_, 10s, subscribe_atom_v, topic, who);
    topics_[who->id()] = topic;
    return who;
  }
  bool unsubscribe(const id& who) {
    return ask<bool>(sys_, broker_, 10s, leave_atom_v, topics_[who->id()], who);
  }
  int publish(const std::string& topic, const std::string& content) {
    return ask<int>(sys_, broker_, 10s, publish_atom_v, topic, content);
  }

private:
  mailroom::system sys_;
  broker_actor broker_ = sys_.spawn(broker);
  std::map<caf::actor_id, std::string> topics_;
};

/// Writes down what it hears.
callback write_to(notebook<std::string>& book) {
  return [&book](auto& topic, auto& content) { book.write(topic + ": " + content); };
}

bool heard(const notebook<std::string>& book, const lines& expected) {
  return eventually([&] { return book.size() >= expected.size(); }) && book.lines() == expected;
}

template <class Broker>
void subscribe_when_called() {
  Broker broker;
  broker.subscribe("news", [&](auto&, auto&) { broker.subscribe("weather", ignore); });
  broker.publish("news", "rain is coming");
}

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("publish_subscribe.under_lock: a callback that subscribes waits for its own thread") {
  auto run = explore::replay(subscribe_when_called<under_lock::broker>, "");
  CHECK(run.end == ending::deadlock);
  CHECK(run.why == "main waits to lock broker");
}

TEST_CASE("publish_subscribe.under_lock: as long as callbacks keep away, all is well") {
  under_lock::broker broker;
  notebook<std::string> book;
  auto id = broker.subscribe("news", write_to(book));
  CHECK(broker.publish("news", "rain") == 1);
  CHECK(broker.unsubscribe(id));
  CHECK(broker.publish("news", "sun") == 0);
  CHECK(book.lines() == lines{"news: rain"});
}

TEST_CASE("publish_subscribe.locked: a callback may subscribe") {
  CHECK(explore::replay(subscribe_when_called<lock_based::broker>, "").end == ending::fine);
}

TEST_CASE("publish_subscribe.locked: who publishes while another one tells leaves it to that one") {
  // A has told "1" and is about to look for more when B publishes.
  lines order;
  auto scenario = [&] {
    lock_based::broker broker;
    order.clear();
    broker.subscribe("t", [&](auto&, auto& content) { order.push_back(content); });
    sync::thread a{"A", [&] { broker.publish("t", "1"); }};
    sync::thread b{"B", [&] { broker.publish("t", "2"); }};
  };
  auto run = explore::replay(scenario, "AA"
                                       "BB"
                                       "AA");
  CHECK(run.end == ending::fine);
  CHECK(order == lines{"1", "2"});
  auto of_b = [](auto& step) { return step.who == "B"; };
  CHECK(std::count_if(run.history.begin(), run.history.end(), of_b) == 2); // lock, unlock
}

// -- the contract ---------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("publish_subscribe: each hears what it wanted to hear, once and in order",
                   Broker, lock_based::broker, asked_broker) {
  notebook<std::string> news, weather, both;
  Broker broker;
  CHECK(broker.publish("news", "nobody hears this") == 0);
  broker.subscribe("news", write_to(news));
  broker.subscribe("weather", write_to(weather));
  broker.subscribe("news", write_to(both));
  broker.subscribe("weather", write_to(both));
  CHECK(broker.publish("news", "1") == 2);
  CHECK(broker.publish("weather", "rain") == 2);
  CHECK(broker.publish("news", "2") == 2);
  CHECK(broker.publish("sports", "nobody hears this") == 0);
  CHECK(heard(news, {"news: 1", "news: 2"}));
  CHECK(heard(weather, {"weather: rain"}));
  CHECK(eventually([&] { return both.size() == 3; }));
}

TEST_CASE_TEMPLATE("publish_subscribe: who has left hears no more", Broker, lock_based::broker,
                   asked_broker) {
  notebook<std::string> left, stays;
  Broker broker;
  auto id = broker.subscribe("t", write_to(left));
  broker.subscribe("t", write_to(stays));
  broker.publish("t", "1");
  CHECK(broker.unsubscribe(id));
  CHECK_FALSE(broker.unsubscribe(id));
  CHECK(broker.publish("t", "2") == 1);
  CHECK(heard(stays, {"t: 1", "t: 2"}));
  CHECK(heard(left, {"t: 1"}));
}

TEST_CASE_TEMPLATE("publish_subscribe: all hear the same order, which keeps that of each publisher",
                   Broker, lock_based::broker, asked_broker) {
  constexpr int publishers = 3, each = 100;
  notebook<std::string> first, second;
  Broker broker;
  broker.subscribe("t", write_to(first));
  broker.subscribe("t", write_to(second));
  {
    std::vector<sync::thread> threads;
    for (char p = 'a'; p < 'a' + publishers; ++p)
      threads.emplace_back("publisher", [&broker, p] {
        for (int i = 0; i < each; ++i)
          broker.publish("t", std::string(1, p) + std::to_string(1000 + i));
      });
  }
  for (auto* book : {&first, &second})
    REQUIRE(eventually([&] { return book->size() == publishers * each; }));
  CHECK(first.lines() == second.lines());
  auto all = first.lines();
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a[3] < b[3]; });
  CHECK(std::is_sorted(all.begin(), all.end()));
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

// -- callbacks --------------------------------------------------------------------------------------------

TEST_CASE("publish_subscribe.locked: what a callback publishes comes after what is being told") {
  notebook<std::string> book;
  lock_based::broker broker;
  broker.subscribe("t", [&](auto&, auto& content) {
    if (content == "question")
      broker.publish("t", "answer");
  });
  broker.subscribe("t", write_to(book));
  broker.publish("t", "question");
  CHECK(book.lines() == lines{"t: question", "t: answer"});
}

TEST_CASE("publish_subscribe.locked: a callback may unsubscribe itself, and one that is next") {
  notebook<std::string> book;
  lock_based::broker broker;
  lock_based::broker::id self = 0, next = 0;
  self = broker.subscribe("t", [&](auto& topic, auto& content) {
    write_to(book)(topic, content);
    CHECK(broker.unsubscribe(self));
    CHECK(broker.unsubscribe(next));
  });
  next = broker.subscribe("t", write_to(book));
  CHECK(broker.publish("t", "1") == 2);
  CHECK(broker.publish("t", "2") == 0);
  CHECK(book.lines() == lines{"t: 1"});
}

TEST_CASE("publish_subscribe.locked: after a callback has thrown, the rest is told with the next") {
  notebook<std::string> book;
  lock_based::broker broker;
  auto id = broker.subscribe("t", [](auto&, auto&) { throw mishap("no"); });
  broker.subscribe("t", write_to(book));
  CHECK_THROWS_AS(broker.publish("t", "1"), mishap);
  CHECK(broker.unsubscribe(id));
  broker.publish("t", "2");
  CHECK(book.lines() == lines{"t: 1", "t: 2"});
  CHECK_THROWS_AS(broker.subscribe("t", nullptr), std::invalid_argument);
}

// -- who listens to the actor -------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "publish_subscribe.actor: who subscribes twice hears once") {
  auto news = sys.spawn(broker);
  auto who = sys.spawn(subscriber([this](auto&, auto& content) { log.push_back(content); }));
  ask<bool>("subscribe", news, subscribe_atom_v, std::string("t"), who);
  ask<bool>("subscribe", news, subscribe_atom_v, std::string("t"), who);
  ask<int>("publish", news, publish_atom_v, std::string("t"), std::string("hello"));
  CHECK(taken() == lines{"subscribe: yes", "subscribe: no", "hello", "publish: 1"});
  ask<bool>("nobody", news, subscribe_atom_v, std::string("t"), subscriber_actor{});
  CHECK(taken() == lines{"nobody: invalid_argument"});
}

TEST_CASE_FIXTURE(by_hand, "publish_subscribe.actor: a subscriber that ends is forgotten") {
  auto news = sys.spawn(broker);
  auto say = [&](const std::string& topic) {
    ask<int>(topic, news, publish_atom_v, topic, std::string("hello"));
  };
  auto who = sys.spawn(subscriber(ignore));
  for (auto topic : {"a", "b", "c"})
    caf::anon_send(news, subscribe_atom_v, std::string(topic), who);
  caf::anon_send(news, leave_atom_v, std::string("b"), who);
  say("a");
  say("b");
  say("c");
  CHECK(taken() == lines{"a: 1", "b: 0", "c: 1"});
  end(who);
  say("a");
  say("c");
  CHECK(taken() == lines{"a: 0", "c: 0"});
  caf::anon_send(news, subscribe_atom_v, std::string("a"), who); // too late
  say("a");
  CHECK(taken() == lines{"a: 0"});
}

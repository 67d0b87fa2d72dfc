#include "mailroom/explore/history.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/explore/threads.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
using history = explore::history<std::string, int>;

TEST_CASE("history: a call is what went in, what came out, and when") {
  history h{2};
  CHECK(h.record(1, "seven", [] { return 7; }) == 7);
  CHECK(h.record(0, "eight", [] { return 8; }) == 8);
  auto calls = h.calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].client == 1);
  CHECK(calls[0].input == "seven");
  CHECK(calls[0].answer == 7);
  CHECK(calls[0].begin < calls[0].end);
  CHECK(calls[0].end < calls[1].begin);
  CHECK(calls[1].client == 0);
}

TEST_CASE("history: a function without a result has an empty answer") {
  history h{1};
  bool called = false;
  h.record(0, "go", [&] { called = true; });
  CHECK(called);
  CHECK(h.calls().at(0).answer == 0);
}

TEST_CASE("history: what throws is left without an answer") {
  history h{1};
  CHECK_THROWS_WITH(h.record(0, "ask", []() -> int { throw std::runtime_error("timeout"); }),
                    "timeout");
  auto calls = h.calls();
  REQUIRE(calls.size() == 1);
  CHECK_FALSE(calls[0].answer);
  CHECK(calls[0].end == explore::call<std::string, int>::never);
}

TEST_CASE("history: an answer may come later, on another thread, and overtake others") {
  history h{1};
  auto first = h.begin(0, "first");
  auto second = h.begin(0, "second");
  std::jthread{[&] { h.end(second, 2); }}.join();
  h.end(first, 1);
  auto calls = h.calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].input == "first");
  CHECK(calls[0].begin < calls[1].begin);
  CHECK(calls[1].begin < calls[1].end);
  CHECK(calls[1].end < calls[0].end);
}

TEST_CASE("history: wrong clients and second answers are refused") {
  CHECK_THROWS_AS(history{0}, std::invalid_argument);
  history h{2};
  CHECK_THROWS_WITH_AS(h.begin(2, "x"), "there is no client 2", std::invalid_argument);
  CHECK_THROWS_AS(h.begin(-1, "x"), std::invalid_argument);
  auto once = h.begin(0, "x");
  h.end(once, 1);
  CHECK_THROWS_WITH_AS(h.end(once, 2), "a call that was begun ends once", std::invalid_argument);
  CHECK_THROWS_AS(h.end({1, 0}, 1), std::invalid_argument);
  CHECK(h.calls().at(0).answer == 1);
}

TEST_CASE("history: threads record at the same time, and every number is drawn once") {
  constexpr int threads = 4;
  constexpr int each = 2000;
  history h{threads};
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < threads; ++t)
      all.emplace_back([&h, t] {
        for (int i = 0; i < each; ++i)
          h.record(t, "call", [&] { return i; });
      });
  }
  auto calls = h.calls();
  REQUIRE(calls.size() == threads * each);
  std::vector<bool> drawn(2 * calls.size());
  std::vector<int> next(threads);
  for (auto& c : calls) {
    REQUIRE(c.end < drawn.size());
    CHECK(c.answer == next[static_cast<std::size_t>(c.client)]++); // each client's in its order
    CHECK_FALSE(drawn[c.begin]);
    drawn[c.begin] = true;
    CHECK_FALSE(drawn[c.end]);
    drawn[c.end] = true;
  }
}

TEST_CASE("history: who looks while others record sees the history up to a moment") {
  history h{2};
  std::barrier start{3};
  std::atomic<int> recording{2};
  std::vector<std::jthread> all;
  for (int t = 0; t < 2; ++t)
    all.emplace_back([&, t] {
      start.arrive_and_wait();
      for (int i = 0; i < 2000; ++i)
        h.record(t, "call", [&] { return i; });
      --recording;
    });
  start.arrive_and_wait();
  bool last = false;
  while (!std::exchange(last, recording == 0)) {
    auto calls = h.calls();
    std::uint64_t numbers = 0;
    std::uint64_t highest = 0;
    for (auto& c : calls) {
      numbers += c.answer ? 2 : 1;
      highest = std::max(highest, (c.answer ? c.end : c.begin) + 1);
    }
    CHECK(numbers == highest); // no number below the highest is missing
  }
}

namespace {

/// Does something when it is copied, as `calls` does while it gathers.
struct copied {
  std::function<void()>* then = nullptr;

  explicit copied(std::function<void()>* f) : then(f) {}
  copied(copied&&) = default;
  copied& operator=(copied&&) = default;
  copied(const copied& other) : then(other.then) {
    if (then)
      (*then)();
  }
  copied& operator=(const copied&) = default;
};

} // namespace

TEST_CASE("history: what begins or ends while it is gathered does so later") {
  explore::history<copied, int> h{2};
  auto slow = h.begin(1, copied{nullptr});
  std::function<void()> meanwhile = [&] {
    h.end(slow, 1);
    h.record(1, copied{nullptr}, [] { return 2; });
  };
  h.record(0, copied{&meanwhile}, [] { return 0; });
  auto before = h.calls();
  meanwhile = [] {};
  REQUIRE(before.size() == 2);
  CHECK_FALSE(before[0].answer);
  CHECK(before[1].answer == 0);
  auto after = h.calls();
  REQUIRE(after.size() == 3);
  CHECK(after[0].answer == 1);
  CHECK(after[2].answer == 2);
}

TEST_CASE("history: recording is no scheduling point") {
  std::string order;
  auto two_adds = [&] {
    history h{2};
    sync::shared<int> n{0, "n"};
    auto add = [&](int client) {
      return [&h, &n, client] { h.record(client, "add", [&] { n = n + 1; }); };
    };
    { sync::thread a{"A", add(0)}, b{"B", add(1)}; }
    order.clear();
    for (auto& c : h.calls())
      order +=
        (c.client == 0 ? "A" : "B") + std::to_string(c.begin) + "-" + std::to_string(c.end) + " ";
  };
  CHECK(explore::replay(two_adds, "ABBA").history.size() == 4);
  CHECK(order == "A0-3 B1-2 ");
}

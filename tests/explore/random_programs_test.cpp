#include <array>
#include <functional>
#include <random>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "explore/scenarios.hpp"
#include "mailroom/explore/threads.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace mailroom::explore;
using namespace mailroom::scenarios;

// Sleep sets leave schedules out, but nothing that can come of them: whatever a random program can
// do under all its schedules, it does under those that are left.

namespace {

/// What threads share in a random program.
struct things {
  std::array<sync::shared<int>, 2> numbers{{{0, "x"}, {0, "y"}}};
  std::array<sync::mutex, 2> mutexes{{sync::mutex{"m"}, sync::mutex{"n"}}};
  sync::counting_semaphore permits{1, "permits"};
  sync::condition_variable changed{"changed"};
  sync::atomic<int> indivisible{0, "z"};
};

using observed = std::vector<int>;
using instruction = std::function<void(things&, observed&)>;
using program = std::vector<std::vector<instruction>>; // one list per thread

/// Writes random programs. The same seed writes the same ones.
class author {
public:
  explicit author(std::uint64_t seed) : dice_(seed) {}

  program write() {
    auto threads = pick(2, 3);
    program p(threads);
    for (auto& thread : p)
      for (auto n = pick(1, threads == 2 ? 3 : 1); n > 0; --n)
        thread.push_back(any());
    return p;
  }

private:
  std::size_t pick(std::size_t from, std::size_t to) {
    return std::uniform_int_distribution<std::size_t>{from, to}(dice_);
  }

  instruction any() {
    auto i = pick(0, 1);
    auto value = static_cast<int>(pick(1, 9));
    switch (pick(0, 9)) {
      case 0: return [=](auto& t, auto&) { t.numbers[i] = value; };
      case 1:
      case 2: return [=](auto& t, auto& seen) { seen.push_back(t.numbers[i]); };
      case 3: return [=](auto& t, auto&) { t.numbers[i] = t.numbers[i] + value; };
      case 4: return [=](auto& t, auto& seen) { seen.push_back(t.indivisible.fetch_add(value)); };
      case 5: return locked(i, basic());
      case 6:
        return [=](auto& t, auto& seen) {
          std::unique_lock lock{t.mutexes[i], std::try_to_lock};
          seen.push_back(lock ? 1 : 0);
        };
      case 7:
        return [inner = basic()](auto& t, auto& seen) {
          t.permits.acquire();
          inner(t, seen);
          t.permits.release();
        };
      case 8:
        return [=](auto& t, auto& seen) {
          std::unique_lock lock{t.mutexes[0]};
          t.changed.wait(lock, [&] { return t.numbers[i] != 0; });
          seen.push_back(t.numbers[i]);
        };
      default:
        return [=](auto& t, auto&) {
          {
            std::lock_guard lock{t.mutexes[0]};
            t.numbers[i] = value;
          }
          t.changed.notify_one();
        };
    }
  }

  instruction basic() {
    auto i = pick(0, 1);
    if (pick(0, 1) == 0)
      return [i](auto& t, auto& seen) { seen.push_back(t.numbers[i]); };
    return [i](auto& t, auto&) { t.numbers[i] = t.numbers[i] + 1; };
  }

  static instruction locked(std::size_t mutex, instruction inner) {
    return [=](auto& t, auto& seen) {
      std::lock_guard lock{t.mutexes[mutex]};
      inner(t, seen);
    };
  }

  std::mt19937_64 dice_;
};

/// Everything that came of a program: what each thread has seen, what was left, how it ended.
std::set<std::string> outcomes(const program& p, strategy how, std::uint64_t& schedules,
                               bool& complete) {
  std::set<std::string> all;
  std::vector<observed> seen;
  std::string left;
  auto scenario = [&] {
    seen.assign(p.size(), {});
    left.clear();
    things t;
    {
      std::vector<sync::thread> threads;
      for (std::size_t i = 0; i < p.size(); ++i)
        threads.emplace_back(letter(static_cast<int>(i)), [&, i] {
          for (auto& step : p[i])
            step(t, seen[i]);
        });
    }
    left = std::to_string(t.numbers[0]) + " " + std::to_string(t.numbers[1]);
  };
  options o{.strategy = how, .max_schedules = 200, .max_time = std::chrono::hours{1}};
  o.after_each = [&](ending e) {
    std::ostringstream what;
    what << to_string(e) << ": " << left;
    for (auto& of_thread : seen) {
      what << " |";
      for (int n : of_thread)
        what << ' ' << n;
    }
    all.insert(what.str());
  };
  auto r = threads(scenario, o);
  schedules += r.schedules;
  complete = r.complete;
  return all;
}

} // namespace

TEST_CASE("random programs: sleep sets lose no outcome") {
  const int programs = test::sanitized ? 400 : 2'000;
  std::uint64_t all_schedules = 0;
  std::uint64_t fewer_schedules = 0;
  int compared = 0;
  for (int seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    auto p = author{static_cast<std::uint64_t>(seed)}.write();
    bool complete = false;
    auto all = outcomes(p, strategy::all, all_schedules, complete);
    if (!complete)
      continue; // too long a program to be sure of all
    auto fewer = outcomes(p, strategy::sleep_sets, fewer_schedules, complete);
    REQUIRE(complete);
    REQUIRE(fewer == all);
    ++compared;
  }
  MESSAGE(compared << " programs: " << all_schedules << " schedules, " << fewer_schedules
                   << " with sleep sets");
  CHECK(compared > programs * 2 / 3);
  CHECK(fewer_schedules < all_schedules / 2);
}

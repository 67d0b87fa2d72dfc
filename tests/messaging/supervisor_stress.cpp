// Supervised agents and actors under everything at once, for as many seconds as the argument says:
// threads send numbered messages, some of which make their receiver fail. Each has to arrive once,
// in the order of its sender, whoever started over meanwhile. Prints its seed.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "mailroom/messaging/supervisor.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

using generator = std::mt19937_64;

constexpr std::size_t senders = 3;

/// What has arrived at one receiver. It is no state of the receiver: it survives.
class arrivals {
public:
  void note(std::size_t sender, long number) {
    if (number != ++last_[sender])
      wrong_ = true;
    ++all_;
  }
  bool wrong() const { return wrong_; }
  long all() const { return all_; }

private:
  std::array<long, senders> last_{}; // only the receiver of the moment touches it
  std::atomic<bool> wrong_{false};
  std::atomic<long> all_{0};
};

struct bad_luck {};

caf::behavior receiver(caf::event_based_actor*, arrivals* seen) {
  return {[seen](int sender, long number, bool fails) {
    seen->note(static_cast<std::size_t>(sender), number);
    if (fails)
      throw bad_luck{};
  }};
}

/// One life of a supervisor with children, until its senders are done. Returns whether all was
/// well.
bool live(generator& random) {
  constexpr std::array strategies{restart_strategy::one_for_one, restart_strategy::one_for_all,
                                  restart_strategy::rest_for_one};
  mailroom::system sys{{.threads = static_cast<int>(1 + random() % 3)}};
  std::array<arrivals, 4> seen;
  long sent = 0;
  {
    supervisor boss{sys,
                    {.strategy = strategies[random() % 3],
                     .log = [](const supervision_event&) {},
                     .seed = random()}};
    auto options = [](const char* name) {
      return child_options{
        .name = name, .restarts = 1'000'000, .delay = {.first = 0ns, .most = 1ms}};
    };
    auto& a = boss.start_agent(options("a"), [] { return 0; });
    auto b = boss.spawn(options("b"), receiver, &seen[1]);
    auto& c = boss.start_agent(options("c"), [] { return 0; }, {.capacity = 8});
    supervisor inner{boss, options("inner"), {.log = [](const supervision_event&) {}}};
    auto last = options("d");
    last.restarts = 0;
    auto d = inner.spawn(last, receiver, &seen[3]);
    std::vector<std::jthread> threads;
    for (std::size_t s = 0; s < senders; ++s)
      threads.emplace_back([&, s, mine = generator{random()}]() mutable {
        auto number = static_cast<int>(s);
        for (long n = 1; n <= 300; ++n) {
          auto fails = [&] { return mine() % 50 == 0; };
          for (auto [to, at] : {std::pair{&a, 0U}, std::pair{&c, 2U}})
            to->tell([&seen, at = at, s, n, bad = fails()](int&) {
              seen[at].note(s, n);
              if (bad)
                throw bad_luck{};
            });
          for (auto& to : {b, d})
            caf::anon_send(to, number, n, fails());
          if (mine() % 20 == 0)
            a.ask([](int& state) { return state; }).get();
        }
      });
    threads.clear();
    sent = 300 * static_cast<long>(senders);
    auto limit = std::chrono::steady_clock::now() + 60s;
    auto arrived = [&] {
      for (auto& s : seen)
        if (s.all() < sent)
          return false;
      return true;
    };
    while (!arrived() && std::chrono::steady_clock::now() < limit)
      std::this_thread::yield();
  }
  bool well = true;
  for (auto& s : seen) {
    if (s.wrong() || s.all() != sent) {
      fmt::print("{} of {} messages arrived at {}{}\n", s.all(), sent, "abcd"[&s - seen.data()],
                 s.wrong() ? ", out of order" : "");
      well = false;
    }
  }
  return well;
}

} // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 5;
  auto seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device{}();
  fmt::print("seed {}\n", seed);
  std::fflush(stdout);
  generator random{seed};
  auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>{seconds};
  int lives = 0;
  do {
    if (!live(random))
      return 1;
    ++lives;
  } while (std::chrono::steady_clock::now() < end);
  fmt::print("{} supervisors, all well\n", lives);
}

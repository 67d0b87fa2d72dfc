// A sender that is a hundred times faster than its receiver, for as many seconds as the argument
// says, over every queue with a bound and every policy: memory must not grow, what is dropped must
// be counted, and under `wait` nothing may be lost.

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>

#include "mailroom/error.hpp"
#include "mailroom/locking/locked_queue.hpp"
#include "mailroom/messaging/agent.hpp"
#include "mailroom/messaging/mailbox.hpp"

using namespace mailroom;

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::size_t capacity = 1000;
constexpr auto time_per_message = std::chrono::microseconds{20}; // sending takes 0.2
constexpr long most_growth = 4 << 20;                            // bytes

struct message {
  std::uint64_t number = 0;
  std::array<char, 1000> content{}; // so that memory shows it if they pile up
};

/// Returns how much memory this process has.
long memory() {
  long pages = 0;
  long resident = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

/// What receives: slowly, and looks at the numbers.
struct receiver {
  void take(const message& m) {
    in_order = in_order && m.number > last;
    last = m.number;
    ++count;
    auto end = clock_type::now() + time_per_message;
    while (clock_type::now() < end) {
    }
  }

  std::uint64_t last = 0;
  std::uint64_t count = 0;
  bool in_order = true;
};

/// A queue with a thread that receives.
template <class Queue>
class by_thread {
public:
  explicit by_thread(overflow_policy policy) : queue_({.capacity = capacity, .overflow = policy}) {}

  bool send(const message& m) { return queue_.send(m); }

  queue_statistics end(receiver& r) {
    queue_.close();
    thread_.join();
    r = receiver_;
    return queue_.stats();
  }

private:
  Queue queue_;
  receiver receiver_;
  std::jthread thread_{[this] {
    while (auto m = queue_.receive())
      receiver_.take(*m);
  }};
};

/// An agent, which is its own receiver.
class by_agent {
public:
  explicit by_agent(overflow_policy policy)
    : agent_(receiver{}, {.capacity = capacity, .overflow = policy}) {}

  bool send(const message& m) {
    return agent_.tell([m](receiver& r) { r.take(m); });
  }

  queue_statistics end(receiver& r) {
    while (agent_.size() > 0)
      std::this_thread::yield();
    r = agent_.snapshot();
    auto s = agent_.stats();
    --s.sent; // the snapshot
    --s.received;
    return s;
  }

private:
  agent<receiver> agent_;
};

template <class Kind>
bool overload(const char* name, overflow_policy policy, std::chrono::duration<double> time) {
  Kind kind{policy};
  std::uint64_t tried = 0;
  std::uint64_t refused = 0;
  auto begin = clock_type::now();
  auto send_until = [&](clock_type::time_point end) {
    while (clock_type::now() < end) {
      message m;
      m.number = ++tried;
      try {
        refused += !kind.send(m);
      } catch (const rejected&) {
        ++refused;
      }
    }
  };
  auto duration = std::chrono::duration_cast<clock_type::duration>(time);
  send_until(begin + duration / 4); // until the queue is full, and everything has been used once
  auto before = memory();
  send_until(begin + duration);
  auto growth = memory() - before;
  receiver r;
  auto s = kind.end(r);
  bool counted = s.received == r.count && s.received + s.dropped == tried;
  bool lost_none = policy != overflow_policy::wait || r.count == tried;
  bool refusals = policy == overflow_policy::drop_oldest ? refused == 0 : refused == s.dropped;
  bool ok = growth < most_growth && counted && lost_none && refusals && r.in_order;
  constexpr std::array policies{"wait", "fail", "drop newest", "drop oldest"};
  fmt::print("{:<13}{:<12}{:>10} tried {:>9} received {:>10} dropped {:>6} KiB more  {}\n", name,
             policies[static_cast<std::size_t>(policy)], tried, r.count, s.dropped, growth / 1024,
             ok ? "ok" : "WRONG");
  return ok;
}

} // namespace

int main(int argc, char** argv) {
  std::chrono::duration<double> time{argc > 1 ? std::atof(argv[1]) : 1.0};
  bool ok = true;
  for (auto policy : {overflow_policy::wait, overflow_policy::fail, overflow_policy::drop_newest,
                      overflow_policy::drop_oldest}) {
    ok = overload<by_thread<mailbox<message>>>("mailbox", policy, time) && ok;
    ok = overload<by_thread<locked_queue<message>>>("locked_queue", policy, time) && ok;
    ok = overload<by_agent>("agent", policy, time) && ok;
  }
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

#include <mutex>

#include <doctest/doctest.h>

#include "explore/explored.hpp"
#include "explore/planted.hpp"
#include "explore/proof.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/future/event_count.hpp"
#include "mailroom/messaging/next_holder.hpp"
#include "mailroom/messaging/run_right.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
using explore::ensure;
using test::explored, test::unlocked, test::proved, test::refuted;

namespace {

/// Whoever leaves an agent does not look whether somebody wants it.
struct hasty : explored {};

} // namespace

template <class Holder>
class detail::basic_next_holder<Holder, hasty> : public basic_next_holder<Holder, explored> {
public:
  bool wanted() const { return false; }
};

namespace {

/// The least that can be run: messages that are only counted, and a scheduler that is one more
/// thread. Who runs it is decided by the class that agents use; the loops around it are those of
/// `agent_core`, without tapes and turns.
template <class Primitives, class Right = detail::basic_run_right<Primitives>>
class small_agent {
public:
  void send() {
    bool wake;
    {
      std::lock_guard lock{right_.lock};
      wake = right_.added();
    }
    if (wake)
      schedule();
  }

  /// Asks, as a caller who runs it at once if nobody does.
  void ask() {
    {
      std::unique_lock lock{right_.lock};
      if (!right_.take_if_idle()) {
        lock.unlock();
        return send();
      }
    }
    run_one();
    {
      std::lock_guard lock{right_.lock};
      if (!next_.wanted() && right_.give_back_if_idle())
        return;
    }
    drain(0); // as within the turn of another agent
  }

  /// Does one message, if nobody else does any.
  void help() {
    if (right_.taken() || right_.length() == 0)
      return;
    {
      std::lock_guard lock{right_.lock};
      if (!right_.take_if_needed())
        return;
    }
    drain(1);
  }

  /// The scheduler: comes whenever it was asked to, until it is told to end.
  void be_run() {
    for (;;) {
      asked_.acquire();
      if (asks_ == 0)
        return;
      --asks_;
      for (bool stay = true;; stay = false) {
        {
          std::lock_guard lock{right_.lock};
          if (!right_.take_scheduled(stay))
            break;
        }
        drain(1000);
      }
    }
  }

  /// Lets the scheduler do what it was asked to do, and end.
  void end_scheduler() { asked_.release(); }

  /// Takes the right to do something else with it, now or when its turn comes.
  void hold() {
    {
      std::lock_guard lock{right_.lock};
      if (!next_.ask(right_, *this))
        return;
    }
    proceed();
  }

  void close() {
    std::lock_guard lock{right_.lock};
    right_.close();
  }

  /// Waits until there is nothing to do, and nobody does anything. Does not help.
  void join() {
    auto busy = [this] {
      std::lock_guard lock{right_.lock};
      return right_.taken() || right_.length() > 0;
    };
    for (;;) {
      auto since = idle_.prepare();
      if (!busy())
        return idle_.cancel();
      idle_.wait(since);
    }
  }

  int done() const { return done_; }
  int held() const { return held_; }

private:
  void schedule() {
    ++asks_;
    asked_.release();
  }

  void run_one() { count(done_); }

  /// It has the right, does something else with it, and gives it back.
  void proceed() {
    count(held_);
    drain(0);
  }

  void count(int& what) {
    ensure(inside_.fetch_add(1) == 0, "two run it at a time");
    ++what;
    inside_.fetch_sub(1);
  }

  void drain(std::size_t budget) {
    std::size_t done = 0;
    for (;;) {
      std::size_t waiting;
      {
        std::unique_lock lock{right_.lock};
        right_.removed(done);
        if (next_.decide()) {
          lock.unlock();
          return next_.take().proceed();
        }
        waiting = right_.length();
        if (waiting == 0 || budget == 0) {
          auto now = right_.give_back();
          lock.unlock();
          if (now.schedule)
            schedule();
          if (now.ended)
            idle_.notify_all();
          return;
        }
      }
      for (done = 0; done < waiting && !next_.due() && budget > 0; ++done, --budget)
        run_one();
    }
  }

  Right right_;
  detail::basic_next_holder<small_agent, Primitives> next_;
  int done_ = 0;
  int held_ = 0;
  int asks_ = 0;
  sync::atomic<int> inside_{0, "inside"};
  sync::counting_semaphore asked_{0, "scheduler"};
  detail::basic_event_count<Primitives> idle_;
};

using right = detail::basic_run_right<explored>;

/// Its scheduler goes and does not say so.
struct forgetful : right {
  bool take_scheduled(bool stay) { return (length() > 0 || stay) && take(); }
};

/// Whoever gives it back does not look for messages once more.
struct careless : right {
  given_back give_back() {
    auto now = right::give_back();
    return {now.messages, false, now.ended};
  }
};

/// Some use an agent at once; then somebody must have been asked to do what is left.
template <class Agent>
void use(std::vector<void (Agent::*)()> clients, int messages, int held = 0) {
  Agent agent;
  {
    sync::thread scheduler{"scheduler", [&] { agent.be_run(); }};
    {
      std::vector<sync::thread> threads;
      for (auto c : clients)
        threads.emplace_back("client", [&agent, c] { (agent.*c)(); });
    }
    agent.end_scheduler();
  }
  ensure(agent.done() == messages, "a message is left, and nobody comes for it");
  ensure(agent.held() == held, "who wanted the right did not get it once");
}

/// Somebody waits for the end.
template <class Agent>
void end() {
  Agent agent;
  agent.send();
  sync::thread scheduler{"scheduler", [&] { agent.be_run(); }};
  sync::thread owner{"owner", [&] {
                       agent.close();
                       agent.join();
                       ensure(agent.done() == 1, "it is over before all is done");
                     }};
  owner.join();
  agent.end_scheduler();
}

using agent = small_agent<explored>;

} // namespace

TEST_CASE("self: agent, one sends") {
  proved([] { use<agent>({&agent::send}, 1); }, 2);
}

TEST_CASE("self: agent, two send") {
  proved([] { use<agent>({&agent::send, &agent::send}, 2); }, 14);
}

TEST_CASE("self: agent, one sends, one asks") {
  proved([] { use<agent>({&agent::send, &agent::ask}, 2); }, 23);
}

TEST_CASE("self: agent, two ask") {
  proved([] { use<agent>({&agent::ask, &agent::ask}, 2); }, 10);
}

TEST_CASE("self: agent, one sends, one helps") {
  proved([] { use<agent>({&agent::send, &agent::help}, 1); }, 16);
}

TEST_CASE("self: agent, one sends, one asks, one helps") {
  proved([] { use<agent>({&agent::send, &agent::ask, &agent::help}, 2); }, 689);
}

TEST_CASE("self: agent, its owner waits for the end") {
  proved([] { end<agent>(); }, 78);
}

TEST_CASE("self: agent, one sends, one holds it") {
  proved([] { use<agent>({&agent::send, &agent::hold}, 1, 1); }, 14);
}

TEST_CASE("self: agent, one asks, one holds it") {
  proved([] { use<agent>({&agent::ask, &agent::hold}, 1, 1); }, 7);
}

TEST_CASE("self: agent, one sends, one asks, one holds it, within 2 preemptions") {
  proved(
    [] {
      use<agent>({&agent::send, &agent::ask, &agent::hold}, 2, 1);
    },
    8011, test::with_preemptions(2));
}

TEST_CASE("self: an agent whose lock admits everybody") {
  using broken = small_agent<unlocked>;
  refuted(
    [] {
      use<broken>({&broken::ask, &broken::ask}, 2);
    },
    explore::ending::violated, "BBBBBBBBBCCCCCCBA");
}

TEST_CASE("self: an agent whose scheduler goes and does not say so") {
  using broken = small_agent<explored, forgetful>;
  refuted(
    [] {
      use<broken>({&broken::send, &broken::send}, 2);
    },
    explore::ending::violated, "BBBBBBAAAAAAAAAAAAAAAAAAAAAAAAAAACCCCCA");
}

TEST_CASE("self: an agent that is left without looking for messages") {
  using broken = small_agent<explored, careless>;
  refuted(
    [] {
      use<broken>({&broken::ask, &broken::send}, 2);
    },
    explore::ending::violated, "BBBBBBBBCCCCCBBBBBBBBBBBBBA");
}

TEST_CASE("self: an agent that is left without looking for who wants it") {
  using broken = small_agent<hasty, right>;
  refuted(
    [] {
      use<broken>({&broken::ask, &broken::hold}, 1, 1);
    },
    explore::ending::violated, "BBBBBBBBCCCCBBBBBA");
}

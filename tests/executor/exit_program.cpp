// How programs end that have an executor: one scenario per run, each told by CTest what to print.
//
//   exit_program threads|actors SCENARIO

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/executor/thread_pool_executor.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

void say(const char* word) {
  std::puts(word);
  std::fflush(stdout);
}

/// Takes a while, so that main has returned long before.
void say_late(const char* word) {
  promise<void> never;
  (void)never.get_future().wait_for(100ms);
  say(word);
}

template <class Executor>
Executor& leaked(executor_options options = {.max_workers = 2}) {
  static Executor* kept = nullptr; // or a leak checker would have something to say
  kept = new Executor{std::move(options)};
  return *kept;
}

/// Submits, and says what is wrong with that.
template <class Executor>
void try_to_submit(Executor& ex) {
  try {
    ex.submit(say, "pear").get();
  } catch (const shutdown_error& e) {
    say(e.what());
  }
}

// -- scenarios --------------------------------------------------------------------------------------------

/// #066: main returns, and nobody has shut anything down.
template <class Executor>
int leak() {
  auto& ex = leaked<Executor>();
  ex.post(say_late, "apple");
  (void)ex.submit(say_late, "pear").then([] { say("plum"); });
  ex.post(say_late, "quince"); // waits until one of the two workers is free
  return 0;
}

/// #066: the same, and the executor is destroyed after main.
template <class Executor>
int leave_static() {
  static Executor ex{{.max_workers = 2}};
  ex.post(say_late, "apple");
  return 0;
}

/// #066: the program ends by std::exit, past all destructors of main.
template <class Executor>
int call_exit() {
  Executor ex{{.max_workers = 2}};
  ex.post(say_late, "apple");
  std::exit(0);
}

/// #067: from a function registered for the end, and from a destructor still later.
template <class Executor>
int submit_at_exit() {
  static Executor* ex = nullptr;
  struct last_words {
    ~last_words() { try_to_submit(*ex); }
  };
  static last_words words; // is destroyed when all executors have been waited for
  ex = &leaked<Executor>();
  ex->submit(say, "apple").get();
  std::atexit([] { try_to_submit(*ex); }); // is called before they are
  return 0;
}

/// #070: shut down without waiting, and main returns.
template <class Executor>
int shut_down_and_leave() {
  auto& ex = leaked<Executor>({.max_workers = 3});
  ex.post(say_late, "apple");
  ex.shutdown({.wait = false});
  return 0;
}

/// #078: the same, and what has not begun is cancelled. Silent, or "apple".
template <class Executor>
int cancel_and_leave() {
  auto& ex = leaked<Executor>();
  ex.post(say, "apple");
  ex.shutdown({.wait = false, .cancel_futures = true});
  return 0;
}

/// A task ends the program while others wait in the queue.
template <class Executor>
int exit_within_task() {
  Executor ex{{.max_workers = 1}};
  promise<void> go;
  ex.post([all_posted = go.get_future()] {
    all_posted.wait(); // once it has begun to end, the executor takes no tasks
    say("apple");
    std::exit(0);
  });
  ex.post([] {});
  go.set_value();
  ex.wait_idle();
  promise<void> never;
  never.get_future().get();
  return 1;
}

/// #063: children that inherit the memory of the executor, but none of its threads, end like
/// others.
template <class Executor>
int fork_within_task() {
  Executor ex{{.max_workers = 2}};
  auto code = [](pid_t child) {
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  auto by_underscore = ex.submit([&] {
    auto child = fork();
    if (child == 0)
      _exit(7);
    return code(child);
  });
  auto by_exit = ex.submit([&] {
    auto child = fork();
    if (child == 0) {
      std::fclose(stdout);
      std::exit(8); // runs what is registered for the end of the program
    }
    return code(child);
  });
  auto by_spawn = ex.submit([&] {
    char shell[] = "sh";
    char option[] = "-c";
    char command[] = "exit 9";
    char* arguments[] = {shell, option, command, nullptr};
    pid_t child = 0;
    return posix_spawnp(&child, shell, nullptr, nullptr, arguments, environ) == 0 ? code(child)
                                                                                  : -1;
  });
  std::printf("%d %d %d\n", by_underscore.get(), by_exit.get(), by_spawn.get());
  return 0;
}

/// What goes wrong in a posted task is said on stderr, on one line.
template <class Executor>
int fail_unheard() {
  Executor ex{{.max_workers = 1}};
  ex.post([] { throw std::runtime_error("lost letter"); });
  return 0;
}

template <class Executor>
const std::map<std::string, int (*)()> scenarios{{"leak", leak<Executor>},
                                                 {"static", leave_static<Executor>},
                                                 {"exit", call_exit<Executor>},
                                                 {"at_exit", submit_at_exit<Executor>},
                                                 {"no_wait", shut_down_and_leave<Executor>},
                                                 {"cancel", cancel_and_leave<Executor>},
                                                 {"exit_within", exit_within_task<Executor>},
                                                 {"fork", fork_within_task<Executor>},
                                                 {"unheard", fail_unheard<Executor>}};

} // namespace

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  auto& all = std::string(argv[1]) == "actors" ? scenarios<actor_pool_executor>
                                               : scenarios<thread_pool_executor>;
  auto found = all.find(argv[2]);
  return found == all.end() ? 2 : found->second();
}

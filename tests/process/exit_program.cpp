// Programs with a pool of processes, and how they end. See exit_test.sh
// and no_port_test.sh.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>

#include <poll.h>
#include <unistd.h>

#include "mailroom/process/process_pool_executor.hpp"

using namespace mailroom;

namespace {

std::string fruit(std::string name) {
  return name;
}

/// Prints its process, and never ends.
void hang() {
  std::cout << getpid() << std::endl;
  for (;;)
    pause();
}

int run(std::string_view scenario) {
  if (scenario == "leak") {
    auto& pool = *new process_pool_executor{{.max_workers = 2}};
    pool.post([] { std::cout << "apple\n"; });
    return 0;
  }
  if (scenario == "static") {
    static process_pool_executor pool{{.max_workers = 2}};
    pool.post([] { std::cout << "apple\n"; });
    return 0;
  }
  if (scenario == "exit_within") {
    process_pool_executor pool{{.max_workers = 1}};
    try {
      pool.submit([] { std::exit(7); }).get();
    } catch (const worker_lost& e) {
      std::cout << *e.exit_code() << "\n";
    }
    return 0;
  }
  if (scenario == "nested") {
    process_pool_executor pool{{.max_workers = 1}};
    auto ask_another = [](const std::string& name) {
      process_pool_executor inner{{.max_workers = 1}};
      return inner.submit(remote<fruit>, name).get();
    };
    std::cout << pool.submit(ask_another, "apple").get() << "\n";
    return 0;
  }
  if (scenario == "hang") { // until somebody ends it
    process_pool_executor pool{{.max_workers = 2}};
    auto a = pool.submit(remote<hang>);
    auto b = pool.submit(remote<hang>);
    a.wait();
    b.wait();
    return 0;
  }
  if (scenario == "idle") {
    process_pool_executor pool{{.max_workers = 1}};
    std::cout << pool.submit([] { return getpid(); }).get() << std::endl;
    for (;;)
      pause();
  }
  if (scenario == "work") { // until its input ends
    process_pool_executor pool{{.max_workers = 2}};
    bool complete = false;
    for (pollfd input{STDIN_FILENO, POLLIN, 0}; poll(&input, 1, 0) == 0;) {
      auto a = pool.submit(remote<fruit>, "apple");
      auto b = pool.submit(remote<fruit>, "pear");
      a.get();
      b.get();
      if (!complete && (complete = pool.processes().size() == 2))
        std::cout << "both work" << std::endl;
    }
    return 0;
  }
  return 2;
}

} // namespace

int main(int argc, char** argv) {
  std::string_view scenario = argc == 2 ? argv[1] : "";
  if (scenario == "unprepared") {
    try {
      process_pool_executor pool;
    } catch (const broken_process_pool& e) {
      std::cout << e.what() << "\n";
    }
    return 0;
  }
  serve_if_worker();
  alarm(30); // whatever is to end it may fail
  return run(scenario);
}

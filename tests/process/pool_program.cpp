// The program of framework/mailroom/process/README.md.

#include <cstdlib>
#include <iostream>
#include <vector>

#include <unistd.h>

#include "mailroom/process/process_pool_executor.hpp"

using namespace mailroom;

int square(int n) {
  return n * n;
}

int main() {
  serve_if_worker(); // this program may be run as a worker: then it does not come back

  process_pool_executor pool{{.max_workers = 2}};
  auto pid = pool.submit([] { return getpid(); });
  std::cout << (pid.get() == getpid() ? "here" : "elsewhere") << "\n";

  auto crash = pool.submit([](int code) { std::exit(code); }, 3);
  try {
    crash.get();
  } catch (const worker_lost& e) {
    std::cout << "exit code " << *e.exit_code() << "\n";
  }

  for (int n : pool.map(remote<square>, std::vector{1, 2, 3}, map_options{.chunk_size = 2}))
    std::cout << n << "\n";
}

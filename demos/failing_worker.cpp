// Divides on a thread that does not catch what it throws, and prints each result on a line. It is a
// program because such a thread takes its process with it.
//
//   failing_worker NUMBER DIVISOR...

#include <cstdio>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

#include "division.hpp"
#include "mailroom/sync/thread.hpp"

int main(int argc, char** argv) {
  alarm(60); // whatever happens, it ends
  rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none); // it is meant to die: nobody wants its core
  mailroom::sync::thread worker{
    "worker", [&] {
      for (int i = 2; i < argc; ++i) {
        std::printf("%d\n", mailroom::divide(std::stoi(argv[1]), std::stoi(argv[i])));
        std::fflush(stdout);
      }
    }};
  worker.join();
}

// Prints how much memory a queued task takes in one pool. It is a program because a process has
// only one first time.
//
//   pool_memory NAME

#include <cstdio>

#include "pool_peers.hpp"

int main(int argc, char** argv) {
  auto all = mailroom::benches::pool_peers();
  all.push_back(mailroom::benches::actor_pool());
  for (auto& p : all)
    if (argc == 2 && p.name == argv[1] && p.costs.memory) {
      std::printf("%.1f\n", p.costs.memory());
      return 0;
    }
  std::fprintf(stderr, "usage: pool_memory NAME\n");
  return 2;
}

// The binary that knows all stories and all benchmarks.

#include "bench/benches.hpp"
#include "mailroom/compare/command_line.hpp"
#include "stories.hpp"

int main(int argc, char** argv) {
  return mailroom::compare::stories_main(mailroom::stories::all(), mailroom::benches::all(), argc,
                                         argv);
}

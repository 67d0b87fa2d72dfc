#include "bench/pool_peers/child.hpp"

#include <cstdio>
#include <stdexcept>

namespace mailroom::benches {

double number_from(const std::vector<std::string>& command) {
  std::string line;
  for (auto& word : command)
    line += "'" + word + "' "; // there are no quotes in ours
  auto* output = popen(line.c_str(), "r");
  if (!output)
    throw std::runtime_error("cannot run " + line);
  double number = 0;
  auto found = std::fscanf(output, "%lf", &number);
  if (pclose(output) != 0 || found != 1)
    throw std::runtime_error("no number from " + line);
  return number;
}

} // namespace mailroom::benches

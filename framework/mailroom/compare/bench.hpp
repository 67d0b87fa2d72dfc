#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mailroom::compare {

/// One way to do what a benchmark measures.
struct contender {
  std::string name;
  /// Does the work once over and returns what it cost, in the unit of its benchmark. Lasts some ten
  /// milliseconds: shorter is noise, longer lets the machine change its mind within a round.
  std::function<double()> round;
};

/// The same work done our way and the way of others.
struct benchmark {
  std::string group; ///< what `mailroom bench GROUP` runs
  std::string name;
  std::string unit; ///< of the cost: less is better
  contender ours;
  std::vector<contender> peers;
  std::string note = {}; ///< what whoever reads the results should know, in one line
};

/// The middle half of some numbers.
struct spread {
  double lower = 0; ///< a quarter of all is below
  double median = 0;
  double upper = 0; ///< a quarter of all is above
};

/// What came of a benchmark.
struct measurement {
  struct peer {
    std::string name;
    spread cost;
    spread ratio; ///< ours divided by the peer's, round by round: below 1 we are cheaper
  };
  const compare::benchmark* benchmark;
  spread ours;
  std::vector<peer> peers;
  int rounds;
};

/// Returns median and quartiles. Throws `std::invalid_argument` if there are no numbers.
spread spread_of(std::vector<double> numbers);

/// Runs every contender once per round, in an order shuffled anew each time, so that whatever else
/// the machine does hits all of them. One round before that does not count.
measurement measure(const benchmark& b, int rounds, std::uint64_t seed);

/// Returns measurements for people: ratios first, absolute costs for orientation.
std::string table(const std::vector<measurement>& all);

/// Returns measurements for scripts.
std::string json(const std::vector<measurement>& all);

} // namespace mailroom::compare

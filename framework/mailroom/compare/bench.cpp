#include "mailroom/compare/bench.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mailroom::compare {

spread spread_of(std::vector<double> numbers) {
  if (numbers.empty())
    throw std::invalid_argument("no numbers, no median");
  std::sort(numbers.begin(), numbers.end());
  auto at = [&](double part) { // linear between neighbours
    double position = part * static_cast<double>(numbers.size() - 1);
    auto below = static_cast<std::size_t>(position);
    auto above = std::min(below + 1, numbers.size() - 1);
    double rest = position - static_cast<double>(below);
    return numbers[below] * (1 - rest) + numbers[above] * rest;
  };
  return {at(0.25), at(0.5), at(0.75)};
}

measurement measure(const benchmark& b, int rounds, std::uint64_t seed) {
  std::vector<const contender*> all{&b.ours};
  for (auto& p : b.peers)
    all.push_back(&p);
  std::vector<std::vector<double>> costs(all.size());
  std::vector<std::size_t> order(all.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::mt19937_64 random{seed};
  for (auto* c : all)
    c->round();
  for (int r = 0; r < rounds; ++r) {
    std::shuffle(order.begin(), order.end(), random);
    for (auto i : order)
      costs[i].push_back(all[i]->round());
  }
  measurement m{&b, spread_of(costs[0]), {}, rounds};
  for (std::size_t i = 1; i < all.size(); ++i) {
    std::vector<double> ratios;
    for (std::size_t r = 0; r < costs[i].size(); ++r)
      ratios.push_back(costs[0][r] / costs[i][r]);
    m.peers.push_back({all[i]->name, spread_of(costs[i]), spread_of(std::move(ratios))});
  }
  return m;
}

namespace {

/// Small numbers get more digits.
std::string cost(double number) {
  return fmt::format("{:.{}f}", number, number < 10 ? 2 : 1);
}

} // namespace

std::string table(const std::vector<measurement>& all) {
  auto text = fmt::format("{:<34} {:<22} {:>7} {:>15} {:>10} {:>10}\n", "benchmark", "against",
                          "ratio", "middle half", "ours", "theirs");
  for (auto& m : all)
    for (auto& p : m.peers)
      text += fmt::format("{:<34} {:<22} {:>6.2f}x {:>6.2f} .. {:<5.2f} {:>10} {:>10} {}\n",
                          m.benchmark->name, p.name, p.ratio.median, p.ratio.lower, p.ratio.upper,
                          cost(m.ours.median), cost(p.cost.median), m.benchmark->unit);
  return text;
}

std::string json(const std::vector<measurement>& all) {
  using nlohmann::ordered_json;
  auto middle = [](const spread& s) { return ordered_json::array({s.lower, s.upper}); };
  auto rows = ordered_json::array();
  for (auto& m : all) {
    ordered_json peers = ordered_json::object();
    ordered_json ratios = ordered_json::object();
    ordered_json quartiles{{"ours", middle(m.ours)}};
    for (auto& p : m.peers) {
      peers[p.name] = p.cost.median;
      ratios[p.name] = p.ratio.median;
      quartiles[p.name] = middle(p.cost);
      quartiles["ratio to " + p.name] = middle(p.ratio);
    }
    rows.push_back({{"case", m.benchmark->name},
                    {"unit", m.benchmark->unit},
                    {"ours", m.ours.median},
                    {"peers", peers},
                    {"ratio", ratios},
                    {"quartiles", quartiles},
                    {"rounds", m.rounds}});
  }
  return rows.dump(2) + "\n";
}

} // namespace mailroom::compare

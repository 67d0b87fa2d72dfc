// A small program composed of an agent, actors, a supervisor and a pool: a shop with an order desk.
// The guide "composing actors" (order_desk.md) builds it step by step.

#include <array>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "actors/order_desk/order_desk.hpp"
#include "demos/program.hpp"

namespace {

namespace console = mailroom::compare::console;
using mailroom::outcome;

struct options {
  int orders = 100; // of each customer
  int clerks = 4;
  int paper = 25;
  std::uint64_t seed = 1;
};

constexpr std::array customers{"bunny", "turtle", "fox"};
constexpr std::array items{"carrots", "lettuce", "grapes"};

constexpr int pieces_of_each = 150;
constexpr int price_of_each = 10;
constexpr std::int64_t money_of_each = 1200;

using counts = std::map<outcome, int>;

/// Orders at random, and counts what becomes of it.
counts shop(mailroom::order_desk& desk, std::size_t customer, const options& o) {
  std::mt19937_64 random{o.seed + customer};
  std::vector<mailroom::future<outcome>> orders;
  for (int i = 0; i < o.orders; ++i) {
    auto pieces = static_cast<int>(1 + random() % 3);
    orders.push_back(desk.take({customer << 32 | static_cast<std::uint64_t>(i), customers[customer],
                                items[random() % items.size()], pieces, pieces * price_of_each}));
  }
  counts mine;
  for (auto& order : orders)
    ++mine[order.get()];
  return mine;
}

/// Lets all customers order at once. Returns whether what was sold is what was paid for.
bool open_shop(const options& o) {
  mailroom::order_desk_options with{.clerks = o.clerks, .paper = o.paper};
  for (auto item : items)
    with.pieces[item] = pieces_of_each;
  for (auto customer : customers)
    with.balances[customer] = money_of_each;
  mailroom::order_desk desk{with};
  std::array<counts, customers.size()> results;
  {
    std::vector<std::jthread> threads;
    for (std::size_t c = 0; c < customers.size(); ++c)
      threads.emplace_back([&, c] { results[c] = shop(desk, c, o); });
  }
  std::int64_t paid = 0;
  console::print(fmt::format("{:8} {:>6} {:>9} {:>9} {:>7} {:>6}\n", "", "sent", "sold out",
                             "not paid", "failed", "paid"));
  for (std::size_t c = 0; c < customers.size(); ++c) {
    auto& r = results[c];
    auto spent = money_of_each - desk.balance(customers[c]);
    paid += spent;
    console::print(fmt::format("{:8} {:6} {:9} {:9} {:7} {:6}\n", customers[c], r[outcome::sent],
                               r[outcome::sold_out], r[outcome::not_paid], r[outcome::failed],
                               spent));
  }
  int sold = 0;
  for (auto& [item, left] : desk.pieces())
    sold += pieces_of_each - left;
  bool right = paid == sold * price_of_each;
  console::print(
    fmt::format("{} pieces sold for {}: {}\n", sold, paid, right ? "as it should be" : "WRONG"));
  return right;
}

} // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{
    "Three customers order at once, as long as there is something to sell, at a desk whose "
    "card terminal jams now and then.",
    "order_desk"};
  app.add_option("--orders", o.orders, "orders of each customer (default: 100)")
    ->check(CLI::Range(1, 1'000'000));
  app.add_option("--clerks", o.clerks, "orders handled at a time (default: 4)")
    ->check(CLI::Range(1, 256));
  app.add_option("--paper", o.paper, "slips until the terminal jams (default: 25)")
    ->check(CLI::Range(0, 1'000'000));
  app.add_option("--seed", o.seed, "of the orders (default: 1)");
  return mailroom::run_program(app, argc, argv, [&] { return open_shop(o) ? 0 : 1; });
}

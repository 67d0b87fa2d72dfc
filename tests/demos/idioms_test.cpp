// What framework/mailroom/from_locks_to_actors.md says of its ten idioms, beyond what they cost.
// That nothing gets lost, the benchmark checks.

#include <algorithm>
#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "bench/idioms/account.hpp"
#include "bench/idioms/bank.hpp"
#include "bench/idioms/limit.hpp"
#include "bench/idioms/news.hpp"
#include "bench/idioms/parts.hpp"
#include "bench/idioms/prices.hpp"
#include "bench/idioms/workers.hpp"

using namespace mailroom;
using namespace mailroom::benches::idioms;

TEST_CASE_TEMPLATE("idioms: whoever wants too much gets nothing", Account, with_locks::account,
                   with_actors::account) {
  Account a{100};
  CHECK(a.withdraw(75));
  CHECK_FALSE(a.withdraw(75));
  CHECK(a.balance() == 25);
}

TEST_CASE_TEMPLATE("idioms: a transfer moves all or nothing", Bank, with_locks::bank,
                   with_actors::bank) {
  Bank b{2, 100};
  CHECK(b.transfer(0, 1, 75));
  CHECK_FALSE(b.transfer(0, 1, 75));
  CHECK(b.transfer(1, 0, 175));
  CHECK(b.total() == 200);
}

TEST_CASE_TEMPLATE("idioms: workers do all there is before they end", Workers, with_locks::workers,
                   with_actors::workers) {
  std::atomic<int> done = 0;
  {
    Workers w{2};
    for (int i = 0; i < 5'000; ++i) // more than there is room for
      w.post([&] { ++done; });
  }
  CHECK(done == 5'000);
}

TEST_CASE_TEMPLATE("idioms: who changes a table has it alone", Prices, with_locks::prices,
                   with_locks::atomic_prices, with_actors::prices) {
  Prices p{{{1, 10}}};
  p.change([](price_list& list) { ++list[1]; });
  p.change([](price_list& list) { list[2] = list[1]; });
  CHECK(p.read([](const price_list& list) { return list.at(2); }) == 11);
}

TEST_CASE("idioms: a table that is kept stays as it is, and holds up nobody") {
  with_actors::prices p{{{1, 10}}};
  auto kept = p.current();
  p.change([](price_list& list) { list[1] = 20; });
  CHECK(p.current()->at(1) == 20); // so it has been changed meanwhile
  CHECK(kept->at(1) == 10);
}

TEST_CASE("idioms: nobody waits for a place in a pool") {
  std::latch go{1};
  std::atomic<int> done = 0;
  {
    with_actors::limit one_at_a_time{1};
    for (int i = 0; i < 10; ++i)
      one_at_a_time.run([&] {
        go.wait();
        ++done;
      });
    CHECK(done == 0); // all ten have been handed in
    go.count_down();
  }
  CHECK(done == 10);
}

TEST_CASE("idioms: a part that throws is heard of") {
  with_actors::workers pool{2};
  auto part = [](int i) { return i == 3 ? throw std::runtime_error("part 3") : long{i}; };
  auto sum = with_actors::sum_of(pool, 8, part);
  CHECK_THROWS_WITH_AS(sum.get(), "part 3", std::runtime_error);
}

/// Tells what happens when the first of two observers subscribes a third one, and publishes, while
/// it is called.
template <class News>
void subscribe_while_hearing(News& news, std::vector<std::string>& heard) {
  news.subscribe([&](int item) {
    heard.push_back("first " + std::to_string(item));
    if (item != 1)
      return;
    news.subscribe([&](int i) { heard.push_back("third " + std::to_string(i)); });
    news.publish(2);
  });
  news.subscribe([&](int item) { heard.push_back("second " + std::to_string(item)); });
  news.publish(1);
}

TEST_CASE("idioms: an observer with a mailbox may subscribe others and publish") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  std::vector<std::string> heard;
  with_actors::news<int> news{sys};
  subscribe_while_hearing(news, heard);
  sys.run_all();
  // Receivers take turns, but none hears 2 before 1.
  CHECK(heard.size() == 5);
  auto at = [&](const std::string& what) { return std::ranges::find(heard, what) - heard.begin(); };
  CHECK(at("first 1") < at("first 2"));
  CHECK(at("second 1") < at("second 2"));
  CHECK(at("third 2") < 5);
}

TEST_CASE("idioms: of those called without the lock, one hears the news in another order") {
  std::vector<std::string> heard;
  with_locks::copied_news<int> news;
  subscribe_while_hearing(news, heard);
  CHECK(heard == std::vector<std::string>{"first 1", "first 2", "second 2", "third 2", "second 1"});
}

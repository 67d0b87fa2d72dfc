#include "mailroom/explore/linearizability.hpp"

#include <numeric>
#include <stdexcept>

#include <doctest/doctest.h>

#include "explore/specifications.hpp"

using namespace mailroom;
using namespace mailroom::test;
using explore::linearize;
using verdict = explore::linearized::verdict;

// Histories are written as {client, what, answer, begin, end}.

namespace {

constexpr int a = 0;
constexpr int b = 1;
constexpr int c = 2;

constexpr auto writes = register_spec::write;
constexpr auto reads = register_spec::read;
constexpr auto push = queue_spec::push;
constexpr auto pop = queue_spec::pop;
constexpr auto put = map_input::put;
constexpr auto get = map_input::get;

account_spec::input withdraw(std::int64_t amount, int account = 0) {
  return account_spec::withdraw(amount, account);
}

verdict of_register(const calls_of<register_spec>& calls) {
  return linearize(register_spec{}, calls).found;
}

verdict of_queue(const calls_of<queue_spec>& calls) {
  return linearize(queue_spec{}, calls).found;
}

template <class Specification>
std::string why(const Specification& spec, const calls_of<Specification>& calls) {
  auto result = linearize(spec, calls);
  CHECK(result.found == verdict::no);
  return "\n" + result.why;
}

} // namespace

// -- registers ----------------------------------------------------------------------------------------

TEST_CASE("linearizability: no calls, and calls one after the other") {
  CHECK(of_register({}) == verdict::yes);
  CHECK(of_register({{a, writes(1), done, 0, 1}, {b, reads(), 1, 2, 3}}) == verdict::yes);
}

TEST_CASE("linearizability: a read may overlap a write and see either value") {
  for (int seen : {0, 1})
    CHECK(of_register({{a, writes(1), done, 0, 3}, {b, reads(), seen, 1, 2}}) == verdict::yes);
  CHECK(of_register({{a, writes(1), done, 0, 3}, {b, reads(), 2, 1, 2}}) == verdict::no);
}

TEST_CASE("linearizability: a stale read is refuted") {
  CHECK(why(register_spec{}, {{a, writes(1), done, 0, 1}, {b, reads(), 0, 2, 3}}) == R"(
state 0
A        B
write 1
-> done
         read
         -> 0
B: read -> 0 has no explanation; 1 would have one
)");
}

TEST_CASE("linearizability: new value, then old one, is refuted, also while the write goes on") {
  CHECK(of_register({{a, writes(1), done, 0, 5}, {b, reads(), 0, 1, 2}, {b, reads(), 1, 3, 4}})
        == verdict::yes);
  CHECK(
    why(register_spec{}, {{a, writes(1), done, 0, 5}, {b, reads(), 1, 1, 2}, {c, reads(), 0, 3, 4}})
    == R"(
state 0
A        B     C
write 1
|        read
|        -> 1
|              read
|              -> 0
C: read -> 0 has no explanation; 1 would have one
)");
}

TEST_CASE("linearizability: two readers that disagree about the order of two writes") {
  calls_of<register_spec> calls{{a, writes(1), done, 0, 9},
                                {b, writes(2), done, 1, 8},
                                {c, reads(), 1, 2, 3},
                                {c, reads(), 2, 4, 5}};
  CHECK(of_register(calls) == verdict::yes);
  calls.push_back({c, reads(), 1, 6, 7});
  CHECK(of_register(calls) == verdict::no);
}

TEST_CASE("linearizability: calls that touch in one number overlap") {
  CHECK(of_register({{a, writes(1), done, 0, 1}, {b, reads(), 0, 1, 2}}) == verdict::yes);
}

// -- calls without an answer --------------------------------------------------------------------------

TEST_CASE("linearizability: a write without an answer is seen, late, or never") {
  CHECK(of_register({{a, writes(1), no_answer, 0}, {b, reads(), 1, 1, 2}}) == verdict::yes);
  CHECK(of_register({{a, writes(1), no_answer, 0}, {b, reads(), 0, 1, 2}, {b, reads(), 1, 3, 4}})
        == verdict::yes);
  CHECK(of_register({{a, writes(1), no_answer, 0}, {b, reads(), 0, 1, 2}}) == verdict::yes);
}

TEST_CASE("linearizability: a write without an answer takes effect once, and not before it began") {
  CHECK(of_register({{a, writes(1), no_answer, 0},
                     {b, reads(), 1, 1, 2},
                     {b, writes(2), done, 3, 4},
                     {b, reads(), 1, 5, 6}})
        == verdict::no);
  CHECK(of_register({{b, reads(), 1, 0, 1}, {a, writes(1), no_answer, 2}}) == verdict::no);
}

TEST_CASE("linearizability: the order has the calls without an answer that took effect") {
  auto seen = linearize(register_spec{}, {{a, writes(1), no_answer, 0}, {b, reads(), 1, 1, 2}});
  CHECK(seen.order == std::vector<std::size_t>{0, 1});
  auto never = linearize(register_spec{}, {{a, writes(1), no_answer, 0}, {b, reads(), 0, 1, 2}});
  CHECK(never.order == std::vector<std::size_t>{1});
}

// -- counters, accounts, maps, queues -----------------------------------------------------------------

TEST_CASE("linearizability: a lost update is refuted") {
  constexpr auto add = counter_spec::add;
  CHECK(why(counter_spec{}, {{a, add(1), done, 0, 3},
                             {b, add(1), done, 1, 2},
                             {c, counter_spec::value(), std::int64_t{1}, 4, 5}})
        == R"(
state 0
A        B        C
add 1
|        add 1
|        -> done
-> done
                  value
                  -> 1
C: value -> 1 has no explanation; 2 would have one
)");
}

TEST_CASE(
  "linearizability: money that is given twice is refuted, and the balance is no part of it") {
  CHECK(why(account_spec{100}, {{c, account_spec::balance(), std::int64_t{100}, 0, 1},
                                {a, withdraw(75), true, 2, 5},
                                {b, withdraw(75), true, 3, 6},
                                {c, account_spec::balance(), std::int64_t{25}, 7, 8}})
        == R"(
state 100
A            B
withdraw 75
|            withdraw 75
-> true      |
             -> true
B: withdraw 75 -> true has no explanation; false would have one
1 call left out: whether it took effect makes no difference
)");
}

TEST_CASE("linearizability: accounts are checked one by one") {
  calls_of<account_spec> calls{{a, withdraw(75, 1), true, 0, 3}, {b, withdraw(75, 2), true, 1, 2}};
  CHECK(linearize(account_spec{100}, calls).found == verdict::yes);
  calls[1].input.account = 1;
  CHECK(linearize(account_spec{100}, calls).found == verdict::no);
}

TEST_CASE("linearizability: a map is the same by key and as a whole") {
  calls_of<map_spec> calls{{a, put(1, 10), {{}}, 0, 5},
                           {b, put(2, 20), {{}}, 1, 4},
                           {c, get(1), {{10}}, 2, 3},
                           {c, map_input::erase(2), {{20}}, 6, 7},
                           {c, get(2), {{}}, 8, 9}};
  for (auto& one : calls)
    if (!one.answer)
      one.answer.emplace();
  auto by_key = linearize(map_spec{}, calls);
  CHECK(by_key.found == verdict::yes);
  CHECK(by_key.order == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(linearize(whole_map_spec{}, calls).found == verdict::yes);
  calls[4].answer.emplace(20);
  CHECK(linearize(map_spec{}, calls).found == verdict::no);
  CHECK(linearize(whole_map_spec{}, calls).found == verdict::no);
}

TEST_CASE("linearizability: a queue out of order is refuted") {
  CHECK(of_queue({{a, push(1), done, 0, 3},
                  {b, push(2), done, 1, 2},
                  {a, pop(), 2, 4, 5},
                  {b, pop(), 1, 6, 7}})
        == verdict::yes); // the pushes overlap
  CHECK(why(queue_spec{}, {{a, push(1), done, 0, 1},
                           {b, push(2), done, 2, 3},
                           {a, pop(), 2, 4, 5},
                           {b, pop(), 1, 6, 7}})
        == R"(
state []
A
push 1
-> done
pop
-> 2
A: pop -> 2 has no explanation; 1 would have one
1 call left out: whether it took effect makes no difference
)");
}

TEST_CASE("linearizability: a queue that gives out something twice, or loses it, is refuted") {
  CHECK(of_queue({{a, push(1), done, 0, 1}, {a, pop(), 1, 2, 4}, {b, pop(), 1, 3, 5}})
        == verdict::no);
  CHECK(of_queue({{a, push(1), done, 0, 1}, {b, pop(), empty{}, 2, 3}}) == verdict::no);
}

// -- the shortest part --------------------------------------------------------------------------------

TEST_CASE("linearizability: of a long history the part that fills a page is shown") {
  calls_of<counter_spec> calls;
  for (std::uint64_t i = 0; i < 500; ++i)
    calls.push_back({static_cast<int>(i % 2), counter_spec::add(2), done, 2 * i, 2 * i + 1});
  calls.push_back({c, counter_spec::value(), std::int64_t{998}, 1000, 1001});
  calls.push_back({c, counter_spec::value(), std::int64_t{7}, 1002, 1003}); // too late to matter
  auto result = linearize(counter_spec{}, calls);
  REQUIRE(result.shortest);
  CHECK(result.shortest->before == 489);
  CHECK(result.shortest->starts == std::vector<std::string>{"978"});
  CHECK(result.shortest->calls.size() == 12);
  CHECK(result.shortest->calls.back().number == 500);
  CHECK(result.shortest->allowed == std::vector<std::string>{"1000"});
}

TEST_CASE("linearizability: a part may begin in one of several states") {
  calls_of<register_spec> calls{{a, writes(1), done, 0, 3}, {b, writes(2), done, 1, 2}};
  for (std::uint64_t i = 0; i < 11; ++i)
    calls.push_back({c, reads(), i < 10 ? 1 : 3, 4 + 2 * i, 5 + 2 * i});
  auto late = linearize(register_spec{}, calls);
  REQUIRE(late.shortest);
  CHECK(late.shortest->before == 2);
  CHECK(late.shortest->starts.size() == 2);
  CHECK(late.shortest->calls.size() == 1);
  CHECK(late.shortest->allowed == std::vector<std::string>{"1"});
}

TEST_CASE("linearizability: of several calls of one client it is said which one returns") {
  explore::refutation r;
  r.calls = {
    {0, a, "write 1", "done", 0, 3}, {1, a, "write 2", "done", 1, 2}, {2, b, "read", "7", 4, 5}};
  r.impossible = 2;
  r.starts = {"0"};
  r.allowed = {"1", "2"};
  r.before = 1;
  r.left_out = 2;
  CHECK("\n" + to_string(r) == R"(
after 1 call: state 0
A                B
write 1
write 2
write 2 -> done
write 1 -> done
                 read
                 -> 7
B: read -> 7 has no explanation; 1 or 2 would have one
2 calls left out: whether they took effect makes no difference
)");
}

TEST_CASE("linearizability: long parts and long words are cut") {
  explore::refutation r;
  for (std::uint64_t i = 0; i < 30; ++i)
    r.calls.push_back({i, 30, std::string(50, 'x'), "y", 2 * i, 2 * i + 1});
  r.starts = {"s"};
  auto text = to_string(r);
  CHECK(
    text.starts_with("state s\nclient 30\n... 20 lines\n" + std::string(39, 'x') + "~\n-> y\n"));
}

// -- limits and mistakes ------------------------------------------------------------------------------

namespace {

/// Pushes that all overlap, then pops in an order that none of theirs explains.
calls_of<queue_spec> hard(int pushes) {
  calls_of<queue_spec> calls;
  for (int i = 0; i < pushes; ++i)
    calls.push_back({i, push(i), done, 0, 1});
  calls.push_back({a, pop(), -1, 2, 3});
  return calls;
}

} // namespace

TEST_CASE("linearizability: it gives up where the limit is, and says so") {
  auto result = linearize(queue_spec{}, hard(12), {.configurations = 5000});
  CHECK(result.found == verdict::gave_up);
  CHECK(result.why == "gave up after 5000 configurations");
  CHECK_FALSE(result.shortest);
  CHECK(linearize(queue_spec{}, hard(4), {.configurations = 5000}).found == verdict::no);
  using namespace std::chrono_literals;
  CHECK(linearize(queue_spec{}, hard(12), {.time = 0ms}).found == verdict::gave_up);
}

TEST_CASE("linearizability: a refuted key counts, even if another one is too hard") {
  calls_of<account_spec> calls;
  for (int i = 0; i < 12; ++i) // balances that nobody can have, of account 1
    calls.push_back({i, account_spec::deposit(1 << i, 1), done, 0, 1});
  calls.push_back({a, account_spec::balance(1), std::int64_t{-1}, 2, 3});
  CHECK(linearize(account_spec{}, calls, {.configurations = 1000}).found == verdict::gave_up);
  calls.push_back({a, account_spec::balance(2), std::int64_t{-1}, 4, 5});
  CHECK(linearize(account_spec{}, calls, {.configurations = 1000}).found == verdict::no);
}

TEST_CASE("linearizability: a call that ends before it begins is a mistake") {
  CHECK_THROWS_WITH_AS(of_register({{a, reads(), 0, 3, 3}}), "call 0 ends before it begins",
                       std::invalid_argument);
}

TEST_CASE("linearizability: the order of the calls in the vector is of no interest") {
  auto result = linearize(register_spec{}, {{b, reads(), 1, 2, 3}, {a, writes(1), done, 0, 1}});
  CHECK(result.found == verdict::yes);
  CHECK(result.order == std::vector<std::size_t>{1, 0});
}

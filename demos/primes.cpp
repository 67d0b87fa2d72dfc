// E5: which of 800 large numbers are prime? Asked one after the other, by threads, actors and
// processes.

#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/executor/thread_pool_executor.hpp"
#include "mailroom/process/process_pool_executor.hpp"

namespace mailroom::stories {

using compare::context, compare::outcome, compare::verdict;

namespace {

/// Looks for a divisor, one by one. Quick if there is a small one; a prime is work.
bool is_prime(std::int64_t n) {
  if (n % 2 == 0)
    return n == 2;
  for (std::int64_t d = 3; d * d <= n; d += 2)
    if (n % d == 0)
      return false;
  return n > 1;
}

/// Returns the numbers to ask.
auto asked(const context& ctx) {
  auto from = ctx.number("from");
  return std::views::iota(from, from + ctx.number("numbers"));
}

/// Finds the same primes the other way round, to judge by: no number is asked for its divisors, but
/// each possible divisor crosses out its multiples.
std::vector<std::int64_t> sieved(const context& ctx) {
  auto all = asked(ctx);
  auto first = all.front();
  auto last = all.back();
  std::vector<bool> crossed_out(all.size());
  for (std::int64_t d = 2; d * d <= last; ++d)
    for (auto n = std::max(d * d, (first + d - 1) / d * d); n <= last; n += d)
      crossed_out[static_cast<std::size_t>(n - first)] = true;
  std::vector<std::int64_t> left;
  for (auto n : all)
    if (n > 1 && !crossed_out[static_cast<std::size_t>(n - first)])
      left.push_back(n);
  return left;
}

/// Asks one after the other: what pools are compared with.
struct no_pool {
  auto map(auto function, auto numbers) const { return std::views::transform(numbers, function); }
};

/// Asks a pool for all numbers. Returns those that are prime.
std::vector<std::int64_t> primes_of(const context& ctx, auto& pool) {
  std::vector<std::int64_t> found;
  auto n = asked(ctx).begin();
  for (bool prime : pool.map(remote<is_prime>, asked(ctx))) {
    if (prime)
      found.push_back(*n);
    ++n;
  }
  return found;
}

double seconds_of(const std::function<void()>& work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The first few, as what is to be added to the first number.
std::string some_of(const std::vector<std::int64_t>& found, std::int64_t from) {
  constexpr std::size_t few = 5;
  std::vector<std::string> shown;
  for (auto n : found | std::views::take(few))
    shown.push_back(fmt::format("+{}", n - from));
  if (found.size() > few)
    shown.emplace_back("...");
  return fmt::format("{}", fmt::join(shown, " "));
}

/// Asks first without a pool and then with it. The workers start before that: they do it once,
/// however much there is to ask.
outcome measured(context& ctx, auto& pool) {
  auto starting = seconds_of([&] {
    for (bool prime : pool.map(remote<is_prime>, std::views::iota(0, ctx.workers())))
      (void)prime;
  });
  auto alone = seconds_of([&] {
    no_pool none;
    primes_of(ctx, none);
  });
  std::vector<std::int64_t> found;
  auto together = seconds_of([&] { found = primes_of(ctx, pool); });
  return {{"primes", std::ssize(found)},
          {"which", some_of(found, ctx.number("from"))},
          {"right", found == sieved(ctx)},
          {"start_us", static_cast<std::int64_t>(starting * 1e6)},
          {"speedup", alone / together}};
}

// From here on, only the pool differs.

outcome sequential(context& ctx) {
  no_pool none;
  return measured(ctx, none);
}

outcome thread_pool(context& ctx) {
  thread_pool_executor pool{{.max_workers = ctx.workers()}};
  return measured(ctx, pool);
}

outcome actor_pool(context& ctx) {
  actor_pool_executor pool{ctx.actors(), {.max_workers = ctx.workers()}};
  return measured(ctx, pool);
}

outcome process_pool(context& ctx) {
  process_pool_executor pool{{.max_workers = ctx.workers()}};
  return measured(ctx, pool);
}

// All primes, and nothing else. How fast is for the reader.
verdict judge(const outcome& o) {
  return o.flag("right") ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story primes;
const compare::story primes{
  .name = "primes",
  .group = "E",
  .block = "",
  .summary =
    "which of 800 large numbers are prime? Computing on a pool of threads, actors, processes",
  .next = "Try: primes --numbers 10000 --from 1000000, and look at the speed-ups",
  .workers = 4,
  .most_workers = 16,
  .explorable = false,
  .parameters = {{"numbers", 800, 1, 100'000, "how many are asked"},
                 {"from", 100'000'000'000'000, 0, 10'000'000'000'000'000, "the first of them"}},
  .judge = judge,
  .versions = {{"sequential", verdict::ok, sequential},
               {"thread_pool", verdict::ok, thread_pool},
               {"actor_pool", verdict::ok, actor_pool},
               {"process_pool", verdict::ok, process_pool}},
};

} // namespace mailroom::stories

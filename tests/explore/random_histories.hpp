#pragma once

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "explore/specifications.hpp"

/// Histories made up from an order that really was, and a judge that knows nothing but the
/// definition.
namespace mailroom::test {

using random_source = std::minstd_rand;

/// Returns a number below `limit`.
inline int below(random_source& random, int limit) {
  return std::uniform_int_distribution<int>{0, limit - 1}(random);
}

inline register_spec::input any_input(const register_spec&, random_source& r) {
  return below(r, 2) == 0 ? register_spec::read() : register_spec::write(below(r, 3));
}

inline counter_spec::input any_input(const counter_spec&, random_source& r) {
  return below(r, 2) == 0 ? counter_spec::value() : counter_spec::add(1 + below(r, 2));
}

inline account_spec::input any_input(const account_spec&, random_source& r) {
  switch (int account = below(r, 2); below(r, 4)) {
    case 0: return account_spec::deposit(25, account);
    case 1: return account_spec::balance(account);
    default: return account_spec::withdraw(25 * (1 + below(r, 3)), account);
  }
}

inline queue_spec::input any_input(const queue_spec&, random_source& r) {
  return below(r, 3) > 0 ? queue_spec::pop() : queue_spec::push(below(r, 3));
}

inline map_input any_map_input(int keys, random_source& r) {
  int key = below(r, keys);
  switch (below(r, 4)) {
    case 0: return map_input::put(key, below(r, 3));
    case 1: return map_input::erase(key);
    default: return map_input::get(key);
  }
}

inline map_input any_input(const map_spec&, random_source& r) {
  return any_map_input(3, r);
}

inline map_input any_input(const whole_map_spec&, random_source& r) {
  return any_map_input(3, r);
}

/// Does one call on the object it is of. Without a key there is one object.
template <class Specification>
class objects {
public:
  explicit objects(const Specification& spec) : spec_(spec) {}

  typename Specification::output apply(const typename Specification::input& in) {
    int key = 0;
    if constexpr (requires { spec_.key(in); })
      key = spec_.key(in);
    return spec_.apply(states_.try_emplace(key, spec_.initial()).first->second, in);
  }

private:
  const Specification& spec_;
  std::map<int, typename Specification::state> states_;
};

/// How a random history is made.
struct random_shape {
  int calls;
  int overlap;       ///< about as many calls, to either side, overlap a call
  int unanswered;    ///< of a hundred calls; of these, every other one never takes effect
  bool right = true; ///< if not, the answers are of another order than the one that was
};

/// Returns calls that took effect one after the other, in order, each between its begin and its
/// end.
template <class Specification>
calls_of<Specification> random_history(const Specification& spec, const random_shape& shape,
                                       random_source& random) {
  constexpr int apart = 10;
  calls_of<Specification> calls;
  objects<Specification> all{spec};
  for (int i = 0; i < shape.calls; ++i) {
    auto early = below(random, apart * shape.overlap + 1);
    auto late = below(random, apart * shape.overlap + 1);
    auto moment = apart * (i + shape.overlap + 1);
    typename calls_of<Specification>::value_type fresh{i % 4, any_input(spec, random), {}};
    fresh.begin = static_cast<std::uint64_t>(moment - 1 - early);
    bool unanswered = below(random, 100) < shape.unanswered;
    if (!unanswered) {
      fresh.end = static_cast<std::uint64_t>(moment + 1 + late);
      fresh.answer.emplace(all.apply(fresh.input));
    } else if (below(random, 2) == 0) {
      all.apply(fresh.input);
    }
    calls.push_back(std::move(fresh));
  }
  if (!shape.right) {
    std::vector<std::size_t> order(calls.size());
    std::iota(order.begin(), order.end(), 0u);
    std::shuffle(order.begin(), order.end(), random);
    objects<Specification> others{spec};
    for (auto i : order)
      if (auto answer = others.apply(calls[i].input); calls[i].answer)
        calls[i].answer.emplace(answer);
  }
  return calls;
}

/// Returns whether `order` is a linearization of `calls`, by the definition.
template <class Specification>
bool explains(const Specification& spec, const calls_of<Specification>& calls,
              const std::vector<std::size_t>& order) {
  std::vector<bool> there(calls.size());
  objects<Specification> all{spec};
  for (std::size_t at = 0; at < order.size(); ++at) {
    auto& call = calls[order[at]];
    for (std::size_t before = 0; before < at; ++before)
      if (call.answer && call.end < calls[order[before]].begin)
        return false;
    auto right = all.apply(call.input);
    if (there[order[at]] || (call.answer && !(*call.answer == right)))
      return false;
    there[order[at]] = true;
  }
  for (std::size_t i = 0; i < calls.size(); ++i)
    if (calls[i].answer && !there[i])
      return false;
  return true;
}

/// Tries every order of every choice of calls without an answer. For a handful of calls.
template <class Specification>
bool some_order_explains(const Specification& spec, const calls_of<Specification>& calls) {
  std::vector<std::size_t> answered;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < calls.size(); ++i)
    (calls[i].answer ? answered : open).push_back(i);
  for (unsigned chosen = 0; chosen < 1u << open.size(); ++chosen) {
    auto order = answered;
    for (std::size_t i = 0; i < open.size(); ++i)
      if ((chosen >> i & 1u) != 0)
        order.push_back(open[i]);
    std::sort(order.begin(), order.end());
    do
      if (explains(spec, calls, order))
        return true;
    while (std::next_permutation(order.begin(), order.end()));
  }
  return false;
}

} // namespace mailroom::test

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

#include "mailroom/messaging/agent.hpp"
#include "mailroom/messaging/transaction_core.hpp"

namespace mailroom {

namespace detail {

/// Says that the calling thread runs several agents, until destroyed.
template <std::size_t N>
class turns {
public:
  explicit turns(const std::array<agent_core*, N>& cores) noexcept
    : turns(cores, std::make_index_sequence<N>{}) {}

private:
  template <std::size_t... I>
  turns(const std::array<agent_core*, N>& cores, std::index_sequence<I...>) noexcept
    : turns_{agent_core::turn{*cores[I]}...} {}

  std::array<agent_core::turn, N> turns_;
};

/// A transaction that had to wait for an agent, and its future.
template <class R, class F, class... T>
class transaction final : public pending_call<R, F>, public transaction_core {
public:
  static constexpr std::size_t size = sizeof...(T);

  transaction(F&& f, std::tuple<agent_state<T>&...> agents,
              const std::array<agent_core*, size>& in_order)
    : pending_call<R, F>(std::move(f)), agents_(agents), in_order_(in_order) {
    for (std::size_t i = 0; i < size; ++i) {
      seats_[i].at = in_order[i];
      in_order[i]->ref();
    }
  }

  ~transaction() override {
    for (auto* core : in_order_)
      core->unref();
  }

  void begin(std::size_t taken) noexcept { transaction_core::begin(seats_, taken); }

  bool await(clock::time_point deadline) override {
    return agent_core::await(*this, *this, deadline);
  }

private:
  void perform() noexcept override {
    turns<size> mine{in_order_};
    std::apply([this](auto&... a) { this->call(a.state()...); }, agents_);
  }

  void fail(const std::exception_ptr& why) noexcept override { this->give_up(why); }
  void end() noexcept override { this->unref(); }

  std::tuple<agent_state<T>&...> agents_;
  std::array<agent_core*, size> in_order_;
  std::array<transaction_core::seat, size> seats_;
};

template <class F, class... T>
auto transact(F f, agent<T>&... agents) {
  constexpr auto size = sizeof...(T);
  using answer = std::decay_t<std::invoke_result_t<F, T&...>>;
  using pointer = state_ptr<shared_state>;
  std::array<agent_core*, size> cores{&agents.core()...};
  std::ranges::sort(cores);
  if (std::ranges::adjacent_find(cores) != cores.end())
    throw std::invalid_argument("a transaction has each agent only once");
  for (auto* c : cores)
    if (c->closed())
      throw shutdown_error("the agent is closed");
  // Whoever allocates may fail, and must not hold an agent then.
  auto* s = new typed_state<answer>;
  future<answer> result{pointer::adopt(s)};
  std::size_t taken = 0;
  while (taken < size && cores[taken]->try_enter())
    ++taken;
  auto leave = [&] {
    for (; taken > 0; --taken)
      cores[taken - 1]->leave(taken == 1);
  };
  if (taken == size) {
    {
      turns<size> mine{cores};
      s->settle_with_result_of(
        [&]() -> decltype(auto) { return std::invoke(std::move(f), agents.core().state()...); });
    }
    leave();
    return result;
  }
  transaction<answer, F, T...>* rest = nullptr;
  try {
    rest = new transaction<answer, F, T...>(std::move(f), {agents.core()...}, cores);
  } catch (...) {
    leave();
    throw;
  }
  result = future<answer>{pointer::adopt(rest)};
  rest->begin(taken);
  return result;
}

template <class Tuple, std::size_t... I>
auto transact_with_last(Tuple&& all, std::index_sequence<I...>) {
  return transact(std::get<sizeof...(I)>(std::move(all)), std::get<I>(all)...);
}

} // namespace detail

/// Has a function called with the states of several agents, with none of them doing anything else
/// meanwhile: `transact(a, b, [](int& x, int& y) { ... })`. Returns a future of what it returns or
/// throws. May call it at once.
///
/// Agents are taken in an order of their own, so two transactions never wait for each other; no
/// thread waits, but the agents taken first do. Atomic means that nobody sees the states in
/// between, not that what a function has changed before it throws is undone. There is always room
/// for a transaction in the queues of its agents.
///
/// Any thread may call it. Throws `std::invalid_argument` if an agent is named twice and
/// `shutdown_error` if one is closed; the future does, if one is closed later. It also throws
/// `would_deadlock` if one of the agents waits for another one.
template <class... AgentsAndFunction>
auto transact(AgentsAndFunction&&... all) {
  static_assert(sizeof...(all) >= 3, "transact(agent, agent, ..., function)");
  return detail::transact_with_last(std::forward_as_tuple(std::forward<AgentsAndFunction>(all)...),
                                    std::make_index_sequence<sizeof...(all) - 1>{});
}

} // namespace mailroom

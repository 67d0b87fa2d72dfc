#pragma once

#include <atomic>
#include <memory>
#include <ranges>
#include <vector>

#include "mailroom/future/promise.hpp"
#include "mailroom/future/wait.hpp"

namespace mailroom {

/// What `when_any` found.
template <class Future>
struct any_result {
  std::size_t index = 0; ///< of the future that was done first
  std::vector<Future> futures;
};

namespace detail {

/// Waits for several others.
template <class T>
class gathering_state final : public typed_state<T> {
public:
  explicit gathering_state(std::vector<state_ptr<shared_state>> sources)
    : sources_(std::move(sources)) {}

  void sources(const std::function<void(shared_state&)>& visit) override {
    for (auto& s : sources_)
      visit(*s);
  }

private:
  std::vector<state_ptr<shared_state>> sources_;
};

} // namespace detail

/// Returns a future of all of `futures`, which is done when they are, however they end. Never
/// blocks. Any thread may call it; cancelling it leaves the others alone.
template <future_range R>
auto when_all(R&& futures) {
  using future_type = std::ranges::range_value_t<R>;
  using result = std::vector<future_type>;
  using state = detail::gathering_state<result>;
  auto all = std::make_shared<result>();
  for (auto&& f : futures)
    all->push_back(f);
  auto target = detail::state_ptr<state>::adopt(new state{detail::states_of(*all)});
  future<result> combined{detail::state_ptr<detail::shared_state>{target.get()}};
  auto finish = [target, all] {
    if (target->claim())
      target->finish_with_value(*all);
    else
      target->start();
  };
  auto left = std::make_shared<std::atomic<std::size_t>>(all->size() + 1);
  auto one_less = [left, finish] {
    if (left->fetch_sub(1, std::memory_order_acq_rel) == 1)
      finish();
  };
  for (auto& f : *all)
    f.add_done_callback([one_less](const auto&) { one_less(); });
  one_less();
  return combined;
}

/// Returns a future that is done when the first of `futures` is, and says which. The others go on:
/// cancel them, or ask them to stop, if their results are of no use. Throws `std::invalid_argument`
/// if there are none: that future would never be done.
template <future_range R>
auto when_any(R&& futures) {
  using future_type = std::ranges::range_value_t<R>;
  using result = any_result<future_type>;
  using state = detail::gathering_state<result>;
  auto all = std::make_shared<std::vector<future_type>>();
  for (auto&& f : futures)
    all->push_back(f);
  if (all->empty())
    throw std::invalid_argument("when_any needs at least one future");
  auto target = detail::state_ptr<state>::adopt(new state{detail::states_of(*all)});
  future<result> combined{detail::state_ptr<detail::shared_state>{target.get()}};
  for (std::size_t i = 0; i < all->size(); ++i)
    (*all)[i].add_done_callback([target, all, i](const auto&) {
      if (target->claim())
        target->finish_with_value(result{i, *all});
      else
        target->start();
    });
  return combined;
}

} // namespace mailroom

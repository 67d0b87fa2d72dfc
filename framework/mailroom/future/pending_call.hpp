#pragma once

#include <functional>
#include <utility>

#include "mailroom/future/callable.hpp"
#include "mailroom/future/state.hpp"

namespace mailroom::detail {

/// A function that will be called once, or never, and the future of its result in one.
template <class R, class F>
class pending_call : public typed_state<R> {
public:
  /// One reference for whoever is to call it, one for the future.
  explicit pending_call(F&& f) : typed_state<R>(nullptr, 2), callable_(std::move(f)) {}

  ~pending_call() override {
    if (this->pending())
      callable_.destroy();
  }

protected:
  /// Calls it, unless it was cancelled.
  template <class... Arguments>
  void call(Arguments&... arguments) noexcept {
    if (this->start() != shared_state::started::yes)
      return;
    auto how = this->store_result_of(
      [&]() -> decltype(auto) { return std::invoke(callable_.get(), arguments...); });
    callable_.destroy();
    this->finish(how);
  }

  /// It will not be called: for a reason, or cancelled if there is none.
  void give_up(const std::exception_ptr& why) noexcept {
    if (!why)
      this->cancel();
    if (why && this->claim(false))
      this->finish_with_error(why);
    else
      this->start(); // tells those who wait until everybody knows
  }

private:
  void discard() noexcept override { callable_.destroy(); }

  [[no_unique_address]] callable<F> callable_;
};

} // namespace mailroom::detail

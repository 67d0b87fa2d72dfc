#pragma once

#include <mutex>
#include <utility>

#include "mailroom/future/life_cycle.hpp"

/// The larger members of `life_cycle`: for who instantiates it.
namespace mailroom::detail {

// -- waiting ------------------------------------------------------------------------------------------

template <class Self, class Primitives>
bool life_cycle<Self, Primitives>::sleep_until_done(clock::time_point deadline) noexcept(nothrow) {
  typename Primitives::spin look;
  while (look())
    if (done())
      return true;
  for (;;) {
    auto seen = word_.fetch_or(waiting_bit, std::memory_order_acq_rel) | waiting_bit;
    if (phase_of(seen) >= phase::cancelled)
      return true;
    if (deadline != never && clock::now() >= deadline)
      return false;
    Primitives::sleep(word_, seen, deadline);
  }
}

template <class Self, class Primitives>
void life_cycle<Self, Primitives>::attach(hook& h) {
  {
    std::lock_guard lock{self().lock_of_hooks()};
    auto now = phase_of(word_.fetch_or(hooked_bit, std::memory_order_acq_rel));
    if (now < (h.kind_ == hook::kind::when_settled ? phase::notified : phase::cancelled)) {
      h.on_ = &self();
      if (hooks_) {
        h.next_ = hooks_;
        h.previous_ = hooks_->previous_;
        h.previous_->next_ = h.next_->previous_ = &h;
      } else {
        hooks_ = h.next_ = h.previous_ = &h;
      }
      return;
    }
  }
  h.fire(self());
}

template <class Self, class Primitives>
void life_cycle<Self, Primitives>::detach(hook& h) noexcept(nothrow) {
  std::lock_guard lock{self().lock_of_hooks()};
  if (!h.on_)
    return;
  h.on_ = nullptr;
  if (h.next_ == &h) {
    hooks_ = nullptr;
    return;
  }
  if (hooks_ == &h)
    hooks_ = h.next_;
  h.previous_->next_ = h.next_;
  h.next_->previous_ = h.previous_;
}

template <class Self, class Primitives>
void life_cycle<Self, Primitives>::fire_hooks() noexcept(nothrow) {
  hook* callbacks = nullptr; // a list in the order in which they came
  hook** end = &callbacks;
  {
    std::lock_guard lock{self().lock_of_hooks()};
    bool all = settled();
    auto* h = std::exchange(hooks_, nullptr);
    if (h)
      h->previous_->next_ = nullptr;
    hook* kept = nullptr;
    while (h) {
      auto* next = std::exchange(h->next_, nullptr);
      if (h->kind_ == hook::kind::callback) {
        h->on_ = nullptr;
        *end = h;
        end = &h->next_;
      } else if (all || h->kind_ == hook::kind::when_done) {
        h->on_ = nullptr;
        h->fire(self());
      } else if (!kept) {
        kept = h->next_ = h->previous_ = h;
      } else {
        h->next_ = kept;
        h->previous_ = kept->previous_;
        h->previous_->next_ = kept->previous_ = h;
      }
      h = next;
    }
    hooks_ = kept;
  }
  while (callbacks) {
    auto* next = callbacks->next_;
    callbacks->fire(self());
    callbacks = next;
  }
}

template <class Self, class Primitives>
void life_cycle<Self, Primitives>::wake(std::uint32_t old) noexcept(nothrow) {
  if (old & waiting_bit)
    Primitives::wake_all(word_);
  if (old & hooked_bit)
    fire_hooks();
}

// -- changing -----------------------------------------------------------------------------------------

template <class Self, class Primitives>
bool life_cycle<Self, Primitives>::cancel() {
  auto old = word();
  for (;;) {
    if (phase_of(old) != phase::pending)
      return phase_of(old) == phase::cancelled || phase_of(old) == phase::notified;
    auto next = old + static_cast<std::uint32_t>(phase::cancelled);
    if (word_.compare_exchange_weak(old, next, std::memory_order_acq_rel))
      break;
  }
  self().discard();
  // The bits of those who sleep stay: a thread in get() is woken now, one in wait() later.
  wake(old);
  return true;
}

template <class Self, class Primitives>
auto life_cycle<Self, Primitives>::start(unsigned runner) noexcept(nothrow) -> started {
  auto old = word();
  for (;;) {
    auto now = phase_of(old);
    if (now != phase::pending && now != phase::cancelled)
      return started::no;
    auto next = old & ~phase_mask;
    next |= now == phase::pending
              ? static_cast<std::uint32_t>(phase::running) | runner << runner_shift
              : static_cast<std::uint32_t>(phase::notified);
    if (!word_.compare_exchange_weak(old, next, std::memory_order_acq_rel))
      continue;
    if (now == phase::pending)
      return started::yes;
    wake(old);
    return started::cancelled;
  }
}

template <class Self, class Primitives>
void life_cycle<Self, Primitives>::postpone() noexcept(nothrow) {
  // Others may only say that they wait meanwhile: who is asked to finish it has to have claimed it.
  constexpr auto low_bits = (1u << runner_shift) - 1;
  word_.fetch_and(low_bits & ~phase_mask, std::memory_order_acq_rel);
}

template <class Self, class Primitives>
bool life_cycle<Self, Primitives>::claim(bool even_running) noexcept(nothrow) {
  auto old = word();
  for (;;) {
    auto now = phase_of(old);
    if (now != phase::pending && (now != phase::running || !even_running))
      return false;
    auto next = (old & ~phase_mask) | static_cast<std::uint32_t>(phase::completing);
    if (!word_.compare_exchange_weak(old, next, std::memory_order_acq_rel))
      continue;
    if (now == phase::pending)
      self().discard();
    return true;
  }
}

template <class Self, class Primitives>
void life_cycle<Self, Primitives>::finish(phase p) noexcept(nothrow) {
  wake(word_.exchange(static_cast<std::uint32_t>(p), std::memory_order_acq_rel));
}

} // namespace mailroom::detail

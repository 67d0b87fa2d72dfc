#include "mailroom/future/state.hpp"

#include <array>
#include <mutex>
#include <optional>

#include <fmt/format.h>

namespace mailroom {

std::string_view to_string(future_state s) noexcept {
  switch (s) {
    case future_state::pending: return "pending";
    case future_state::running: return "running";
    case future_state::cancelled: return "cancelled";
    case future_state::cancelled_and_notified: return "cancelled and notified";
    default: return "finished";
  }
}

namespace detail {

namespace {

/// Hooks are rare and their lists short: a few locks guard those of all futures, so that none of
/// them needs room for one.
std::mutex& lock_of_hooks(const shared_state& state) noexcept {
  static auto& locks = *new std::array<std::mutex, 64>; // never destroyed: futures may outlive it
  auto address = reinterpret_cast<std::uintptr_t>(&state);
  return locks[(address >> 6 ^ address >> 14) % locks.size()];
}

} // namespace

helper*& helper::current() noexcept {
  thread_local helper* mine = nullptr;
  return mine;
}

// -- looking ------------------------------------------------------------------------------------------

future_state shared_state::state() const noexcept {
  switch (current_phase()) {
    case phase::pending: return future_state::pending;
    case phase::running:
    case phase::completing: return future_state::running;
    case phase::cancelled: return future_state::cancelled;
    case phase::notified: return future_state::cancelled_and_notified;
    default: return future_state::finished;
  }
}

std::string shared_state::describe() const {
  auto now = current_phase(); // once: it may change between two looks
  std::string end;
  if (now == phase::value)
    end = " returned " + type_name(type());
  else if (now == phase::error)
    end = " raised " + type_name(failure());
  auto name = now == phase::value || now == phase::error ? future_state::finished : state();
  return fmt::format("<future at {} state={}{}>", static_cast<const void*>(this), to_string(name),
                     end);
}

void shared_state::rethrow() const {
  if (succeeded())
    return;
  if (auto error = failure())
    std::rethrow_exception(error);
  throw cancelled_error("the future was cancelled");
}

// -- waiting ------------------------------------------------------------------------------------------

bool shared_state::await(clock::time_point deadline) {
  if (deadline != never && deadline <= clock::now())
    return done();
  if (auto* h = helper::current())
    return wait_helping(*h, deadline);
  spin look;
  while (look())
    if (done())
      return true;
  for (;;) {
    auto seen = word_.fetch_or(waiting_bit, std::memory_order_acq_rel) | waiting_bit;
    if (phase_of(seen) >= phase::cancelled)
      return true;
    if (deadline != never && clock::now() >= deadline)
      return false;
    futex_wait(word_, seen, deadline);
  }
}

bool shared_state::wait_helping(helper& me, clock::time_point deadline) {
  // Declared before the guard that takes it back, so that nobody wakes what is gone.
  struct wake_up final : hook {
    wake_up() : hook(kind::when_done) {}
    void fire(shared_state&) noexcept override { place.unpark(); }
    parker place;
  } alarm;
  struct attached {
    attached(shared_state& s, hook& h) : state(s), alarm(h) { state.attach(alarm); }
    ~attached() { state.detach(alarm); }
    shared_state& state;
    hook& alarm;
  };
  auto* self = this;
  std::span<shared_state* const> awaited{&self, 1};
  spin look{200};
  std::optional<attached> guard;
  for (;;) {
    if (done())
      return true;
    if (deadline != never && clock::now() >= deadline)
      return false;
    if (me.assist(awaited)) {
      look = spin{200};
      continue;
    }
    if (look())
      continue;
    if (!guard)
      guard.emplace(*this, alarm);
    auto since = alarm.place.ready();
    if (!done())
      me.block(awaited, alarm.place, since, deadline);
  }
}

void shared_state::attach(hook& h) {
  {
    std::lock_guard lock{lock_of_hooks(*this)};
    auto now = phase_of(word_.fetch_or(hooked_bit, std::memory_order_acq_rel));
    if (now < (h.kind_ == hook::kind::when_settled ? phase::notified : phase::cancelled)) {
      h.on_ = this;
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
  h.fire(*this);
}

void shared_state::detach(hook& h) noexcept {
  std::lock_guard lock{lock_of_hooks(*this)};
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

void shared_state::fire_hooks() noexcept {
  hook* callbacks = nullptr; // a list in the order in which they came
  hook** end = &callbacks;
  {
    std::lock_guard lock{lock_of_hooks(*this)};
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
        h->fire(*this);
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
    callbacks->fire(*this);
    callbacks = next;
  }
}

void shared_state::wake(std::uint32_t old) noexcept {
  if (old & waiting_bit)
    futex_wake_all(word_);
  if (old & hooked_bit)
    fire_hooks();
}

// -- changing -----------------------------------------------------------------------------------------

bool shared_state::cancel() {
  auto old = word();
  for (;;) {
    if (phase_of(old) != phase::pending)
      return phase_of(old) == phase::cancelled || phase_of(old) == phase::notified;
    auto next = old + static_cast<std::uint32_t>(phase::cancelled);
    if (word_.compare_exchange_weak(old, next, std::memory_order_acq_rel))
      break;
  }
  discard();
  // The bits of those who sleep stay: a thread in get() is woken now, one in wait() later.
  wake(old);
  return true;
}

shared_state::started shared_state::start(unsigned runner) noexcept {
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

bool shared_state::claim(bool even_running) noexcept {
  auto old = word();
  for (;;) {
    auto now = phase_of(old);
    if (now != phase::pending && (now != phase::running || !even_running))
      return false;
    auto next = (old & ~phase_mask) | static_cast<std::uint32_t>(phase::completing);
    if (!word_.compare_exchange_weak(old, next, std::memory_order_acq_rel))
      continue;
    if (now == phase::pending)
      discard();
    return true;
  }
}

void shared_state::finish(phase p) noexcept {
  wake(word_.exchange(static_cast<std::uint32_t>(p), std::memory_order_acq_rel));
}

} // namespace detail

} // namespace mailroom

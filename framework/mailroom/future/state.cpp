#include "mailroom/future/state.hpp"

#include <array>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "mailroom/future/life_cycle_members.hpp"

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

template class life_cycle<shared_state>;

static_assert(sizeof(shared_state) <= 48, "each task has one");

/// Hooks are rare and their lists short: a few locks guard those of all futures, so that none of
/// them needs room for one.
std::mutex& shared_state::lock_of_hooks() const noexcept {
  static auto& locks = *new std::array<std::mutex, 64>; // never destroyed: futures may outlive it
  auto address = reinterpret_cast<std::uintptr_t>(this);
  return locks[(address >> 6 ^ address >> 14) % locks.size()];
}

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
  return sleep_until_done(deadline);
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

} // namespace detail

} // namespace mailroom

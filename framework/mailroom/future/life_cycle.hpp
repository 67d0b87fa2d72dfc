#pragma once

#include <atomic>
#include <cstdint>

#include "mailroom/future/primitives.hpp"

namespace mailroom::detail {

template <class Self, class Primitives>
class life_cycle;

/// Hears of the end of a `Subject`.
template <class Subject>
class basic_hook {
public:
  enum class kind {
    callback,    ///< when it is done, outside of any lock; deletes itself
    when_done,   ///< when it is done, under a lock: has to be quick
    when_settled ///< when it is settled, under a lock: has to be quick
  };

  explicit basic_hook(kind k) noexcept : kind_(k) {}
  virtual ~basic_hook() = default;
  basic_hook(const basic_hook&) = delete;
  basic_hook& operator=(const basic_hook&) = delete;

  /// Is called once.
  virtual void fire(Subject&) noexcept = 0;

private:
  template <class, class>
  friend class life_cycle;

  kind kind_;
  basic_hook* previous_ = nullptr; // guarded by the lock of the subject, as are the others
  basic_hook* next_ = nullptr;     // a ring
  Subject* on_ = nullptr;
};

/// How far something has come that runs once and ends once, who sleeps until its end, and who else
/// hears of it. `Self`, derived from it, adds the result; and two members, for this class only:
/// `lock_of_hooks()`, and `discard()`, which destroys what will not run.
///
/// It is *done* when it will not run any more, and *settled* when, in addition, whoever would have
/// run it knows: between the two it is `cancelled` but not `notified`.
///
/// Any thread may call all members. Those that are not defined here are in
/// `life_cycle_members.hpp`.
template <class Self, class Primitives = real>
class life_cycle {
  static constexpr bool nothrow = Primitives::nothrow;

public:
  using hook = basic_hook<Self>;

  // -- looking ------------------------------------------------------------------------------------

  bool done() const noexcept(nothrow) { return current_phase() >= phase::cancelled; }
  bool settled() const noexcept(nothrow) { return current_phase() >= phase::notified; }
  bool failed() const noexcept(nothrow) { return current_phase() == phase::error; }
  bool succeeded() const noexcept(nothrow) { return current_phase() == phase::value; }
  bool pending() const noexcept(nothrow) { return current_phase() == phase::pending; }
  bool cancelled() const noexcept(nothrow) {
    auto p = current_phase();
    return p == phase::cancelled || p == phase::notified;
  }

  /// The number of the worker that runs it; 0 if none does.
  unsigned runner() const noexcept(nothrow) {
    auto w = word();
    return phase_of(w) == phase::running ? w >> runner_shift : 0;
  }

  // -- waiting ------------------------------------------------------------------------------------

  /// Fires `h` when it is done or settled: at once, if it is.
  void attach(hook& h);

  /// Takes `h` back. Afterwards it is neither fired nor being fired. Not for callbacks.
  void detach(hook& h) noexcept(nothrow);

  // -- changing -----------------------------------------------------------------------------------

  /// Cancels it, if it has not begun. Returns whether it is cancelled. Runs the callbacks.
  bool cancel();

  enum class started { yes, cancelled, no };

  /// Begins it, in the name of a worker. If it was cancelled, everybody is notified.
  started start(unsigned runner = 0) noexcept(nothrow);

  /// Takes back `start`: it has not begun after all. For whoever has started it.
  void postpone() noexcept(nothrow);

  /// Gets the exclusive right to finish it. Returns false if it is done, or others have the right,
  /// or it has begun and `even_running` is false.
  bool claim(bool even_running = true) noexcept(nothrow);

protected:
  enum class phase : std::uint32_t {
    pending,
    running,
    completing, // somebody writes the result; looks like running
    cancelled,
    notified,
    value,
    error
  };

  life_cycle() = default;
  ~life_cycle() = default;

  phase current_phase() const noexcept(nothrow) { return phase_of(word()); }

  /// Sleeps until it is done, at most until `deadline`. Returns whether it is.
  bool sleep_until_done(clock::time_point deadline) noexcept(nothrow);

  /// Makes the result visible and tells everybody. For whoever has claimed or started it, after the
  /// result was written.
  void finish(phase p) noexcept(nothrow);

  /// Makes the result visible to those who will hear of it later: nobody has yet.
  void settle(phase p) noexcept(nothrow) {
    word_.store(static_cast<std::uint32_t>(p), std::memory_order_relaxed);
  }

  /// Marks the value as gone. Returns false if it was gone before.
  bool mark_taken() noexcept(nothrow) {
    return (word_.fetch_or(taken_bit, std::memory_order_acq_rel) & taken_bit) == 0;
  }
  bool is_taken() const noexcept(nothrow) { return (word() & taken_bit) != 0; }

private:
  static constexpr std::uint32_t phase_mask = 7;
  static constexpr std::uint32_t waiting_bit = 8;  // a thread sleeps on the word
  static constexpr std::uint32_t hooked_bit = 16;  // there may be hooks
  static constexpr std::uint32_t taken_bit = 32;   // the value was moved out
  static constexpr std::uint32_t runner_shift = 8; // above: the number of the worker

  static phase phase_of(std::uint32_t w) noexcept { return static_cast<phase>(w & phase_mask); }
  std::uint32_t word() const noexcept(nothrow) { return word_.load(std::memory_order_acquire); }

  void wake(std::uint32_t old) noexcept(nothrow);
  void fire_hooks() noexcept(nothrow);
  Self& self() noexcept { return static_cast<Self&>(*this); }

  hook* hooks_ = nullptr; // the first; guarded by the lock of hooks
  typename Primitives::word word_{0};
};

} // namespace mailroom::detail

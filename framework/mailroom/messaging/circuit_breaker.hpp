#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "mailroom/error.hpp"

namespace mailroom {

/// How to set up a `circuit_breaker`.
struct circuit_options {
  int failures = 5;                                              ///< in a row, that open it
  std::chrono::nanoseconds cool_down = std::chrono::seconds{30}; ///< before it is tried again
  int probes = 1; ///< that are let through then, and have all to succeed to close it
  /// Which failures count; empty: all. The others say, like a success, that somebody is there.
  std::function<bool(const std::exception_ptr&)> counts{};
  /// For tests; empty: real time.
  std::function<std::chrono::steady_clock::time_point()> now{};
};

/// What a `circuit_breaker` does with the next call.
enum class circuit_state {
  closed,   ///< makes it
  open,     ///< refuses it
  half_open ///< makes it, as a probe, if there are not enough under way
};

/// Returns the name of the enumerator.
std::string to_string(circuit_state);

/// Stops calling what keeps failing, for a while: its callers need not wait for a failure that is
/// to be expected, and whatever fails is left in peace to recover. The circuit breaker of Michael
/// Nygard, "Release It!", 2007.
///
/// It does not interrupt anything: calls that have begun when it opens go on, and as many threads
/// as there are may have begun one. How they end has no say any more: only a call that began in the
/// current state changes it. Nor does it retry or wait: see `retry`.
///
/// All members may be called by any thread. A mutex guards a few integers; no function of the user
/// is called under it.
class circuit_breaker {
public:
  /// Throws `std::invalid_argument` if failures or probes are less than 1, or the cool-down is
  /// negative.
  explicit circuit_breaker(circuit_options options = {});
  circuit_breaker(const circuit_breaker&) = delete;
  circuit_breaker& operator=(const circuit_breaker&) = delete;

  /// Calls `f()` and returns what it does. Throws what it does, and `circuit_open`, without calling
  /// it, if it is to be left in peace.
  template <std::invocable F>
  decltype(auto) call(F&& f) {
    permit mine{*this};
    try {
      return std::forward<F>(f)();
    } catch (...) {
      mine.failed(std::current_exception());
      throw;
    }
  }

  /// Returns what would become of a call now.
  circuit_state state() const;

private:
  using time_point = std::chrono::steady_clock::time_point;

  /// For one call. Unless it `failed`, it was a success.
  class permit {
  public:
    explicit permit(circuit_breaker& breaker) : breaker_(breaker), era_(breaker.admit()) {}
    ~permit() { breaker_.ended(era_, succeeded_); }
    permit(const permit&) = delete;
    permit& operator=(const permit&) = delete;

    void failed(const std::exception_ptr& why) { succeeded_ = !breaker_.counts(why); }

  private:
    circuit_breaker& breaker_;
    std::uint64_t era_;
    bool succeeded_ = true;
  };

  time_point now() const;
  bool counts(const std::exception_ptr& why) const;
  std::uint64_t admit();
  void ended(std::uint64_t era, bool succeeded);
  void enter(circuit_state state, time_point t);
  bool cooled_down(time_point t) const;

  const circuit_options options_;
  mutable std::mutex mutex_;
  circuit_state state_ = circuit_state::closed; // guarded by mutex_, as are those below
  std::uint64_t era_ = 0;                       // counts the changes of state
  time_point since_;                            // of the era; not set in the first one
  int failures_ = 0;                            // in a row, while closed
  int begun_ = 0;                               // probes
  int succeeded_ = 0;                           // probes
};

} // namespace mailroom

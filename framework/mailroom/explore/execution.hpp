#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailroom/error.hpp"

namespace mailroom::explore {

/// A step somebody could take now: a thread its next operation, or an actor its next message.
struct choice {
  int who; ///< a thread, in order of creation, 0 runs the scenario; or a line of messages
  int alternative = 0; ///< of several outcomes, such as which of those who wait is woken

  // What it touches, as numbers; 0 is nothing. Neighbours that touch different things may change
  // places, and nobody can tell: that is what sleep sets are made of.
  std::uint32_t on = 0;
  std::uint32_t with = 0;
  bool reads_only = false;
  bool touches_all = false; ///< such as time: nothing may change places with it

  friend bool operator==(const choice& a, const choice& b) noexcept {
    return a.who == b.who && a.alternative == b.alternative;
  }
};

/// Returns whether it makes a difference which of the two is taken first.
bool dependent(const choice& a, const choice& b) noexcept;

/// A step that was taken, for those who read the schedule.
struct taken {
  std::string who;     ///< the thread that moves, or the actor that gets a message
  std::string what;    ///< "read", "put 3"
  std::string partner; ///< what the thread touches, or who has sent the message; may be empty
  std::string outcome; ///< "= 0"; empty where there is nothing to tell
  bool message;        ///< whether it goes from `partner` to `who`
};

/// Returns "read n = 0", or "put 3 from alice".
std::string to_string(const taken& t);

/// How an execution can end.
enum class ending : std::uint8_t {
  fine,        ///< all have ended, and nothing was thrown
  violated,    ///< an `ensure()` did not hold
  deadlock,    ///< some are left, and none of them can move
  lost_wakeup, ///< the same, and one of them waits for a signal that came when nobody waited
  livelock,    ///< all move in a circle, for ever
  threw,       ///< something else was thrown
  cut,         ///< it was stopped at a bound; nothing is known about the rest
};

/// Returns the name of `e`, as reports print it.
std::string_view to_string(ending e) noexcept;

/// The scenario does something that an exploration cannot control or repeat, so that nothing could
/// be said about it: it starts threads of its own, depends on time or chance, blocks elsewhere.
class refused : public error {
public:
  using error::error;
};

/// Decides which step is taken next, of at least one. Nothing: the execution stops there.
using chooser = std::function<std::optional<choice>(const std::vector<choice>& open)>;

/// One execution of a scenario of which somebody else chooses each step. Used by one thread, once.
class execution {
public:
  virtual ~execution();

  /// Runs the scenario until nobody can move, somebody fails, or `next` stops it. `next` may be
  /// called on any thread, but never on two at a time. Throws `refused`.
  virtual void run(const chooser& next) = 0;

  /// Returns how it ended; `cut` if it was stopped.
  virtual ending end() const = 0;

  /// Returns what was violated or thrown, or who waits for what. Empty if it ended `fine`.
  virtual std::string why() const = 0;

  /// Returns the steps taken, if it was asked to keep them.
  virtual const std::vector<taken>& history() const = 0;

  /// Returns the names of all who have taken part.
  virtual std::vector<std::string> cast() const = 0;

  /// Returns how schedules write this step: "A", "B1".
  virtual std::string letters(const choice& c) const = 0;

  /// Returns a number that is the same in equal states, between two steps. Local variables are no
  /// part of it.
  virtual std::uint64_t state() const = 0;

  /// Returns how often somebody has got on, see `sync::progress()`.
  virtual std::uint64_t progress() const = 0;
};

/// What an execution keeps for those who look at it. All of it takes time.
struct recording {
  bool history = false;
  bool states = false;
};

/// Makes an execution of the same scenario each time it is called.
using experiment = std::function<std::shared_ptr<execution>(const recording&)>;

} // namespace mailroom::explore

#pragma once

#include <cstdint>
#include <string_view>

/// Dual-mode primitives: the standard ones in production, scheduling points inside an exploration.
///
/// Code written with `sync::` types is ordinary code. It runs on real threads at the speed of the
/// standard library, under a `watch` that turns a hang into a verdict, or inside a `world` that
/// decides which thread moves next. Which of the three applies is found out at run time, so one
/// binary runs, explores and replays the same functions.
namespace mailroom::sync {

class world;

/// Names what a thread is about to do: the alphabet of schedules.
enum class operation : std::uint8_t {
  read,        ///< of a shared variable
  write,       ///< of a shared variable
  update,      ///< read and write in one indivisible step
  lock,        ///< waits until a mutex is free, then takes it
  lock_shared, ///< the same for a reader
  try_lock,    ///< takes a mutex if it is free
  unlock,      ///< never waits, never throws
  wait,        ///< gives a mutex back and starts to wait on a condition
  wake,        ///< ends that wait: notified, and the mutex is free again
  notify,      ///< wakes one of those that wait; never throws
  notify_all,  ///< wakes all of them; never throws
  acquire,     ///< waits for a permit, an event, a latch or a barrier
  release,     ///< gives a permit, sets an event, arrives; never throws
  join,        ///< waits until a thread has ended; never throws
};

/// Returns the name of `what`, as schedules print it.
std::string_view to_string(operation what) noexcept;

/// Returns whether a thread may be unwound (by an exception) at this operation. The others run in
/// destructors.
constexpr bool may_unwind(operation what) noexcept {
  return what != operation::unlock && what != operation::notify && what != operation::notify_all
         && what != operation::release && what != operation::join;
}

/// Whether the calling thread moves in a world or under a watch. The only question an ordinary
/// thread is asked on its way to the standard primitive; set by `world::enter()` and
/// `watch::guard`.
inline constinit thread_local bool controlled = false;

/// Something that threads meet at: a name and, if it was made inside an exploration, that world.
///
/// What an exploration is to control has to be made inside its scenario, and to end there: an
/// object made outside that explored code touches is reported to the world.
class object {
public:
  object(const object&) = delete;
  object& operator=(const object&) = delete;

  /// Returns the name given at construction, for messages and schedules.
  const char* name() const noexcept { return name_; }

  /// Returns the number of this object in order of creation within its world; 0 in production.
  std::uint32_t id() const noexcept { return id_; }

  // -- what a world asks --------------------------------------------------------------------------

  /// Returns how many outcomes `what` has now, such as which of those who wait is woken.
  virtual int outcomes(operation what) const;

  /// Returns whether `thread` could do `what` now, with the outcome of that number.
  virtual bool ready(operation what, int thread, int outcome) const;

  /// Returns whether the last signal came when nobody waited for it.
  virtual bool signal_lost() const { return false; }

  /// Returns a number that is equal for equal states; explorers tell states apart by it.
  virtual std::uint64_t state() const { return 0; }

protected:
  /// @param name outlives the object: a literal.
  explicit object(const char* name);
  virtual ~object();

  /// Returns whether neither this object nor the calling thread is controlled by anybody.
  bool ordinary() const noexcept { return !controlled && !world_; }

  /// Returns the exploration this object belongs to, if the calling thread does too; null in
  /// production.
  world* explored() const noexcept { return ordinary() ? nullptr : meet(); }

private:
  friend class world;

  world* meet() const noexcept;

  const char* name_;
  world* world_;
  std::uint32_t id_ = 0;
};

} // namespace mailroom::sync

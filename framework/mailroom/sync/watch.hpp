#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "mailroom/sync/object.hpp"

namespace mailroom::sync {

/// Thrown into watched threads that will never get on, so that they unwind and can be joined.
///
/// Not derived from `std::exception`: a worker's `catch (const std::exception&)` lets it pass.
struct abandoned {};

/// Watches real threads: tells a deadlock the moment it is complete, and lets hung threads go.
///
/// A thread under a watch blocks in slices of a few milliseconds instead of for ever. That costs
/// nothing while nobody has to wait. When a ring of mutex owners closes, or when every watched
/// thread waits for another one, the watch gives up: each blocked thread throws `abandoned`.
///
/// It is not a debugger: it sees what goes through `sync` types. A thread that spins without
/// `sync::pause()` or blocks in a plain `std::mutex` is beyond it, and a thread from outside the
/// watch that would have come to the rescue is not waited for.
class watch {
public:
  using clock = std::chrono::steady_clock;

  /// What the watch found out when it gave up.
  struct finding {
    bool deadlock;    ///< false: somebody still moved when time was up
    std::string what; ///< "save waits for cloud, held by sync; sync waits for local, held by save"
  };

  /// A thread under a watch.
  struct member {
    explicit member(std::string name) : name(std::move(name)) {}
    std::string name;
    const object* waits_for = nullptr;
    operation doing{};
    bool in_time = false; ///< waits with a time limit of its own, so it will get on
    int rounds = 0;       ///< slices waited in vain since everybody was blocked
    /// Who has the mutex waited for; null for anything without an owner.
    const std::atomic<member*>* holder = nullptr;
  };

  class guard;

  /// A thread that will be under a watch. Make it before the thread starts: until every place is
  /// either taken or gone, nobody can be sure that no help comes.
  class place {
  public:
    place(watch& w, std::string name);
    ~place();
    place(const place&) = delete;
    place& operator=(const place&) = delete;

  private:
    friend class watch::guard;
    watch& watch_;
    std::list<member>::iterator me_;
  };

  /// Puts the calling thread into a place while it lives.
  class guard {
  public:
    explicit guard(place& p) : outer_(current_), outer_me_(self_) {
      current_ = &p.watch_;
      self_ = &*p.me_;
      controlled = true;
    }
    ~guard() {
      current_ = outer_;
      self_ = outer_me_;
      controlled = outer_ != nullptr;
    }
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;

  private:
    watch* outer_;
    member* outer_me_;
  };

  watch() = default;
  watch(const watch&) = delete;
  watch& operator=(const watch&) = delete;

  /// Returns the watch the calling thread is under; null on every ordinary thread.
  static watch* current() noexcept { return current_; }

  /// Returns the calling thread's entry in its watch; null without one.
  static member* self() noexcept { return self_; }

  /// Waits until all places are gone, or gives up at `limit`. Returns what was found if the watch
  /// gave up, by then or before.
  std::optional<finding> wait(clock::time_point limit);

  /// Waits until all places are gone. Returns false at `limit`: then somebody ignores the watch.
  bool wait_for_the_last(clock::time_point limit);

  /// Lets every thread go that waits, or calls `sync::pause()`, from now on. Any thread may call
  /// it.
  void give_up(finding why);

  /// Returns whether somebody gave up.
  bool given_up() const noexcept { return given_up_.load(std::memory_order_relaxed); }

  /// Throws `abandoned` if somebody gave up.
  void check() const {
    if (given_up())
      throw abandoned{};
  }

  // -- what the primitives call when they have to wait --------------------------------------------

  /// Repeats `try_for(slice)` until it returns true. Throws `abandoned` when the watch gives up,
  /// unless `what` must not unwind: then it returns false.
  template <class TryFor>
  bool block(operation what, const object& on, const std::atomic<member*>* holder, TryFor try_for) {
    if (!begin(what, on, holder, false))
      return false;
    bool done = false;
    while (!done && pass(what))
      done = try_for(slice);
    end();
    if (!done && may_unwind(what))
      throw abandoned{};
    return done;
  }

  /// Marks the calling thread as waiting, but only for a limited time, while `wait()` runs.
  template <class Wait>
  auto block_in_time(operation what, const object& on, Wait wait) {
    begin(what, on, nullptr, true);
    struct at_exit {
      watch& w;
      ~at_exit() { w.end(); }
    } leave{*this};
    return wait();
  }

private:
  static constexpr std::chrono::milliseconds slice{5};

  bool begin(operation what, const object& on, const std::atomic<member*>* holder, bool in_time);
  bool pass(operation what);
  void end() noexcept;
  void settle();
  void conclude(finding why);
  std::optional<std::string> ring_through(const member& start) const;
  std::string who_waits() const;
  bool all_blocked() const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<member> members_;      // guarded by mutex_
  std::optional<finding> finding_; // guarded by mutex_
  std::atomic<bool> given_up_{false};

  static inline constinit thread_local watch* current_ = nullptr;
  static inline constinit thread_local member* self_ = nullptr;
};

} // namespace mailroom::sync

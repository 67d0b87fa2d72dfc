#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "actors/arbiter/resources.hpp"
#include "mailroom/future/parker.hpp"
#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::lock_based {

/// Lends several of its resources at once: all that are wanted, or none yet.
///
/// Shared state: which are taken, and who waits, in order of arrival. Guarded by: `mutex_`.
/// Nobody is overtaken by a later one that wants any of the same, so nobody starves; who wants
/// others does not wait in between. Nobody who holds a lease should wait for another one: that is
/// the deadlock this is made against.
/// Costs: when somebody gets a lease, all that wait wake up and look.
/// Resources have numbers from 0. All members may be called by any thread. Those that take
/// resources throw `std::invalid_argument` if there are none wanted, or one that does not exist.
class arbiter {
public:
  /// Gives its resources back when it goes out of scope, on any thread, before the arbiter does.
  class lease {
  public:
    lease() = default;
    lease(lease&& other) noexcept
      : from_(std::exchange(other.from_, nullptr)), what_(std::move(other.what_)) {}
    lease& operator=(lease&& other) noexcept {
      std::swap(from_, other.from_);
      std::swap(what_, other.what_);
      return *this;
    }
    ~lease() { release(); }

    /// Whether it has resources.
    explicit operator bool() const noexcept { return from_ != nullptr; }

    /// Gives them back earlier.
    void release() {
      if (auto* from = std::exchange(from_, nullptr))
        from->give_back(what_);
    }

  private:
    friend class arbiter;
    lease(arbiter& from, resources what) : from_(&from), what_(std::move(what)) {}

    arbiter* from_ = nullptr;
    resources what_;
  };

  /// Throws `std::invalid_argument` if there is less than one resource.
  explicit arbiter(int count) : taken_(count) {
    if (count < 1)
      throw std::invalid_argument("an arbiter needs 1 or more resources");
  }

  /// Waits for all of `wanted`.
  lease acquire(resources wanted) {
    return wait_in_line(std::move(wanted),
                        [this](auto& lock, auto granted) { changed_.wait(lock, granted); });
  }

  /// Waits for `limit` at most. The lease is empty if that was too short.
  lease acquire_for(resources wanted, std::chrono::nanoseconds limit) {
    auto until = detail::after(limit);
    return wait_in_line(std::move(wanted), [&](auto& lock, auto granted) {
      changed_.wait_until(lock, until, granted);
    });
  }

  /// Does not wait. The lease is empty if one of `wanted` is taken, or somebody waits for it.
  lease try_acquire(resources wanted) {
    return wait_in_line(std::move(wanted), [](auto&, auto) {});
  }

  /// Returns how many resources are free.
  int free() const {
    std::lock_guard lock{mutex_};
    return taken_.left();
  }

private:
  struct place {
    resources wanted;
    bool granted = false;
  };

  template <class Wait>
  lease wait_in_line(resources wanted, Wait wait) {
    if (!taken_.know(wanted))
      throw std::invalid_argument("an arbiter lends what it has, and not nothing");
    std::unique_lock lock{mutex_};
    auto me = line_.insert(line_.end(), {wanted});
    struct at_exit {
      std::list<place>& line;
      std::list<place>::iterator me;
      ~at_exit() { line.erase(me); }
    };
    {
      at_exit leave{line_, me};
      grant();
      wait(lock, [me] { return me->granted; });
      if (me->granted)
        return {*this, std::move(wanted)};
    }
    grant(); // to those who would not pass this one
    return {};
  }

  void give_back(const resources& what) {
    std::lock_guard lock{mutex_};
    taken_.mark(what, false);
    grant();
  }

  /// Lends to all who want nothing that is taken, or wanted by somebody before them.
  void grant() {
    auto spoken_for = taken_;
    bool any = false;
    for (auto& each : line_) {
      if (!each.granted && spoken_for.spare(each.wanted)) {
        taken_.mark(each.wanted);
        each.granted = any = true;
      }
      spoken_for.mark(each.wanted);
    }
    if (any)
      changed_.notify_all();
  }

  mutable sync::mutex mutex_{"arbiter"};
  sync::condition_variable changed_{"changed"};
  resource_marks taken_;  // guarded by mutex_, but for how many there are
  std::list<place> line_; // guarded by mutex_; also those who have been granted and not yet woken
};

} // namespace mailroom::lock_based

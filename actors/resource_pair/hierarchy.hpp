#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

#include "actors/resource_pair/resource_pair.hpp"
#include "mailroom/locking/hierarchical_mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::hierarchy {

/// A local and a cloud copy whose mutexes have numbers and refuse the wrong order.
///
/// Shared state: both revisions. Guarded by: a mutex for each copy, local 1, cloud 2.
/// Goes wrong when somebody takes them in falling order: an error at once, on the first run, with
/// or without another thread. `sync` does, to show it; a program would be corrected instead.
/// Costs: one order for all, and a number for every mutex of the program.
class documents {
public:
  /// @param hesitation how long a thread thinks between its two locks.
  explicit documents(std::chrono::nanoseconds hesitation = {}, progress tell = untold)
    : hesitation_(hesitation), tell_(std::move(tell)) {}

  /// Writes the local copy, then the cloud.
  void save(int revision) {
    std::lock_guard local{local_mutex_};
    hesitate("save", "has local", "wants cloud");
    std::lock_guard cloud{cloud_mutex_};
    local_ = cloud_ = revision;
  }

  /// Brings both copies to the newer of their revisions: looks at the cloud, then at the local
  /// copy, and when told that this is wrong, the other way round.
  void sync() {
    try {
      std::lock_guard cloud{cloud_mutex_};
      hesitate("sync", "has cloud", "wants local");
      std::lock_guard local{local_mutex_};
      local_ = cloud_ = std::max(local_, cloud_);
    } catch (const lock_order_error&) {
      tell_("sync", "refused");
      std::lock_guard local{local_mutex_};
      ++refused_;
      hesitate("sync", "has local", "wants cloud");
      std::lock_guard cloud{cloud_mutex_};
      local_ = cloud_ = std::max(local_, cloud_);
    }
  }

  int local() const {
    std::lock_guard lock{local_mutex_};
    return local_;
  }

  int cloud() const {
    std::lock_guard lock{cloud_mutex_};
    return cloud_;
  }

  /// Returns how often the wrong order was tried.
  int refused() const {
    std::lock_guard lock{local_mutex_};
    return refused_;
  }

private:
  void hesitate(const char* who, const char* has, const char* wants) {
    tell_(who, has);
    sync::pause(hesitation_);
    tell_(who, wants);
  }

  mutable hierarchical_mutex local_mutex_{1, "local copy"};
  mutable hierarchical_mutex cloud_mutex_{2, "cloud copy"};
  int local_ = first_revision; // guarded by local_mutex_
  int cloud_ = first_revision; // guarded by cloud_mutex_
  int refused_ = 0;            // guarded by local_mutex_
  std::chrono::nanoseconds hesitation_;
  progress tell_;
};

} // namespace mailroom::hierarchy

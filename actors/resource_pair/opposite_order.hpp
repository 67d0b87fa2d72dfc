#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

#include "actors/resource_pair/resource_pair.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::opposite_order {

/// A local and a cloud copy, locked in the order each function happens to need them. Here to lose.
///
/// Shared state: both revisions. Guarded by: a mutex for each copy.
/// Goes wrong when one thread saves and another one syncs: each has what the other one waits for.
/// Costs: nothing until then.
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
  /// copy.
  void sync() {
    std::lock_guard cloud{cloud_mutex_};
    hesitate("sync", "has cloud", "wants local");
    std::lock_guard local{local_mutex_};
    local_ = cloud_ = std::max(local_, cloud_);
  }

  int local() const {
    std::lock_guard lock{local_mutex_};
    return local_;
  }

  int cloud() const {
    std::lock_guard lock{cloud_mutex_};
    return cloud_;
  }

private:
  void hesitate(const char* who, const char* has, const char* wants) {
    tell_(who, has);
    sync::pause(hesitation_);
    tell_(who, wants);
  }

  mutable sync::mutex local_mutex_{"local copy"};
  mutable sync::mutex cloud_mutex_{"cloud copy"};
  int local_ = first_revision; // guarded by local_mutex_
  int cloud_ = first_revision; // guarded by cloud_mutex_
  std::chrono::nanoseconds hesitation_;
  progress tell_;
};

} // namespace mailroom::opposite_order

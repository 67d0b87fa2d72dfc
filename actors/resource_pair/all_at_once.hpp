#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

#include "actors/resource_pair/resource_pair.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::all_at_once {

/// A local and a cloud copy, taken both or none: `std::scoped_lock` knows how.
///
/// Shared state: both revisions. Guarded by: a mutex for each copy.
/// Goes wrong when a function does not know all the locks it needs in the beginning.
/// Costs: it takes one, tries the other one, gives back and starts again; the busier the copies,
/// the more often.
class documents {
public:
  /// @param hesitation how long a thread thinks while it has both locks.
  explicit documents(std::chrono::nanoseconds hesitation = {}, progress tell = untold)
    : hesitation_(hesitation), tell_(std::move(tell)) {}

  /// Writes both copies.
  void save(int revision) {
    std::scoped_lock both{local_mutex_, cloud_mutex_};
    hesitate("save", "has both");
    local_ = cloud_ = revision;
  }

  /// Brings both copies to the newer of their revisions. The order of the two does not matter.
  void sync() {
    std::scoped_lock both{cloud_mutex_, local_mutex_};
    hesitate("sync", "has both");
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
  void hesitate(const char* who, const char* has) {
    tell_(who, has);
    sync::pause(hesitation_);
  }

  mutable sync::mutex local_mutex_{"local copy"};
  mutable sync::mutex cloud_mutex_{"cloud copy"};
  int local_ = first_revision; // guarded by local_mutex_
  int cloud_ = first_revision; // guarded by cloud_mutex_
  std::chrono::nanoseconds hesitation_;
  progress tell_;
};

} // namespace mailroom::all_at_once

#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

#include "actors/resource_pair/resource_pair.hpp"
#include "mailroom/error.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::timeout {

/// A local and a cloud copy, locked in either order by threads that soon give back what they have.
///
/// Shared state: both revisions. Guarded by: a mutex for each copy.
/// Goes wrong when somebody holds a copy for long: then it gives up, and its caller must cope.
/// Costs: a deadlock becomes a long wait. How long is a guess: too short gives up in vain, too long
/// hangs. If both tried again at the same time they would meet again, so one waits longer.
class documents {
public:
  /// @param hesitation how long a thread thinks between its two locks.
  /// @param patience how long it waits for the second one before it gives back the first.
  explicit documents(std::chrono::nanoseconds hesitation = {}, progress tell = untold,
                     std::chrono::nanoseconds patience = std::chrono::seconds{1})
    : hesitation_(hesitation), patience_(patience), tell_(std::move(tell)) {}

  /// Writes the local copy, then the cloud. Throws `timeout_error` if the cloud was busy at every
  /// try; then nothing was written.
  void save(int revision) {
    for (int tries = 1;; ++tries) {
      {
        std::lock_guard local{local_mutex_};
        hesitate("save", "has local", "wants cloud");
        std::unique_lock cloud{cloud_mutex_, patience_};
        if (cloud) {
          local_ = cloud_ = revision;
          return;
        }
      }
      if (tries == most_tries)
        throw timeout_error("save gave up: the cloud copy was busy");
      give_way("save", patience_ / 10);
    }
  }

  /// Brings both copies to the newer of their revisions: looks at the cloud, then at the local
  /// copy. Throws `timeout_error` if the local copy was busy at every try; then nothing was
  /// written.
  void sync() {
    for (int tries = 1;; ++tries) {
      {
        std::lock_guard cloud{cloud_mutex_};
        hesitate("sync", "has cloud", "wants local");
        std::unique_lock local{local_mutex_, patience_};
        if (local) {
          local_ = cloud_ = std::max(local_, cloud_);
          return;
        }
      }
      if (tries == most_tries)
        throw timeout_error("sync gave up: the local copy was busy");
      give_way("sync", patience_ / 2); // saving goes first
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

private:
  static constexpr int most_tries = 3;

  void hesitate(const char* who, const char* has, const char* wants) {
    tell_(who, has);
    sync::pause(hesitation_);
    tell_(who, wants);
  }

  void give_way(const char* who, std::chrono::nanoseconds time) {
    tell_(who, "gave it back");
    sync::pause(time);
  }

  mutable sync::mutex local_mutex_{"local copy"};
  mutable sync::mutex cloud_mutex_{"cloud copy"};
  int local_ = first_revision; // guarded by local_mutex_
  int cloud_ = first_revision; // guarded by cloud_mutex_
  std::chrono::nanoseconds hesitation_;
  std::chrono::nanoseconds patience_;
  progress tell_;
};

} // namespace mailroom::timeout

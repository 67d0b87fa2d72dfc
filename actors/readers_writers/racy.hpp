#pragma once

namespace mailroom::racy {

/// A lock that keeps nobody out. Here to lose: use `lock_based::readers_writers` or
/// `readers_writers_actor`.
///
/// Shared state: none. It has the members of a lock, so that what is written with one can be run
/// without.
/// Goes wrong when somebody reads what somebody else has half written.
class readers_writers {
public:
  void lock() {}
  bool try_lock() { return true; }
  void unlock() {}

  void lock_shared() {}
  bool try_lock_shared() { return true; }
  void unlock_shared() {}
};

} // namespace mailroom::racy

#pragma once

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

namespace mailroom::sync {

/// A thread with a name that joins when it goes out of scope, like `std::jthread`.
///
/// The name is what schedules, watches, `ps -T` (its first 15 bytes) and gdb show. The function
/// may take a `std::stop_token`; the destructor requests a stop before it joins. An exception that
/// leaves the function ends the process, as with the standard thread. A thread started under a
/// watch is under that watch.
class thread {
public:
  /// Makes a handle without a thread.
  thread();

  template <class Function>
  requires std::invocable<Function> || std::invocable<Function, std::stop_token>
  thread(std::string name, Function run) : thread() {
    auto owned = std::make_shared<Function>(std::move(run)); // which may be movable only
    start(std::move(name), [owned, stop = stop_.get_token()] {
      if constexpr (std::invocable<Function, std::stop_token>)
        (*owned)(stop);
      else
        (*owned)();
    });
  }

  thread(thread&& other) noexcept;
  thread& operator=(thread&& other) noexcept;
  ~thread();

  /// Waits until the thread has ended. Does nothing if there is none.
  void join();

  bool joinable() const noexcept;

  bool request_stop() noexcept { return stop_.request_stop(); }

  std::stop_token get_stop_token() const noexcept { return stop_.get_token(); }

private:
  struct running;

  void start(std::string name, std::function<void()> run);

  std::stop_source stop_;
  std::unique_ptr<running> running_;
};

/// Marks a place where others may get in between. Yields on a real thread, unwinds it if its watch
/// has given up, and does nothing in an exploration, where others get in between anyway.
void pause();

/// Says that the calling thread has got on. Does nothing on a real thread; an exploration takes a
/// circle of steps for a livelock only if nobody says so in it. The end of a thread needs no word.
void progress();

/// Sleeps for `time` on a real thread, with the same exceptions; zero is no pause at all.
void pause(std::chrono::nanoseconds time);

} // namespace mailroom::sync

#pragma once

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <stop_token>
#include <system_error>
#include <thread>

#include <sys/eventfd.h>
#include <unistd.h>

namespace mailroom {

/// Turns Ctrl-C (SIGINT) and SIGTERM into a request to stop, of which ordinary code hears.
///
/// Nothing runs inside of a signal handler: the signals are blocked, and a thread waits for them.
/// So make one object, first thing in `main`: threads that were started before still have the
/// signals, and they stay blocked afterwards. A signal that was ignored when the program was
/// started (by `nohup`, by a shell that starts it in the background) stays ignored. Any thread may
/// call the members. The constructor throws `std::system_error`.
class stop_signals {
public:
  stop_signals() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0)
      throw std::system_error(errno, std::generic_category(), "eventfd");
    sigemptyset(&awaited_);
    sigaddset(&awaited_, SIGINT);
    sigaddset(&awaited_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &awaited_, nullptr);
    thread_ = std::jthread([this](std::stop_token end) { wait(end); });
  }

  ~stop_signals() {
    thread_.request_stop();
    // Blocked and awaited: it ends the waiting. NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread)
    pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
    ::close(descriptor_);
  }

  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

  /// Returns what tells that a stop was requested.
  std::stop_token token() const { return stop_.get_token(); }

  /// Requests a stop without a signal.
  void request_stop() { stop_.request_stop(); }

  /// Returns the first signal that came; 0 if none did.
  int caught() const { return caught_; }

  /// Returns a descriptor to `poll` for reading: there is something once a signal has come.
  int descriptor() const { return descriptor_; }

private:
  void wait(const std::stop_token& end) {
    for (int signal = 0; sigwait(&awaited_, &signal) == 0 && !end.stop_requested();)
      if (!ignored(signal))
        stop_for(signal);
  }

  void stop_for(int signal) {
    int none = 0;
    caught_.compare_exchange_strong(none, signal);
    std::uint64_t once = 1;
    [[maybe_unused]] auto written = ::write(descriptor_, &once, sizeof once);
    stop_.request_stop();
  }

  static bool ignored(int signal) {
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
  }

  std::stop_source stop_;
  std::atomic<int> caught_ = 0;
  int descriptor_;
  sigset_t awaited_;
  std::jthread thread_;
};

} // namespace mailroom

// What a worker of a pool of processes does: the other end of local_worker.cpp.

#include "mailroom/process/serve.hpp"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mailroom/executor/worker.hpp"
#include "mailroom/process/descriptors.hpp"
#include "mailroom/process/frame.hpp"
#include "mailroom/process/registry.hpp"
#include "mailroom/process/remote_error.hpp"

namespace mailroom {

namespace detail {

namespace {

std::atomic<bool> asked{false}; // whether main has called serve_if_worker

/// Between two tasks. What was printed, is; nothing else is tidied up.
[[noreturn]] void leave() {
  std::cout.flush();
  std::fflush(nullptr);
  _exit(0);
}

/// While a task runs, which may hold any lock, that of stdout included.
[[noreturn]] void drop_everything() {
  _exit(0);
}

/// A stream to the pool. Where it ends, `end` has to end the process: nobody is there any more.
class stream_to_pool {
public:
  stream_to_pool(int fd, void (*end)()) noexcept : fd_(fd), end_(end) {}

  frame receive() {
    for (;;) {
      if (auto f = decoder_.next())
        return std::move(*f);
      auto room = decoder_.room();
      auto n = ::recv(fd_, room.data(), room.size(), 0);
      if (n > 0)
        decoder_.came(static_cast<std::size_t>(n));
      else if (n == 0 || errno != EINTR)
        end_();
    }
  }

  void send(std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
      auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n >= 0)
        bytes = bytes.subspan(static_cast<std::size_t>(n));
      else if (errno != EINTR)
        end_();
    }
  }

private:
  int fd_;
  void (*end_)();
  frame_decoder decoder_;
};

/// Which call runs, which are not to begin, and which is to stop. What is said of a call may come
/// before the call does: it passes all that is under way.
class gate {
public:
  /// A call begins. Returns false if it was called back.
  bool begin(std::uint64_t number) {
    std::lock_guard lock{mutex_};
    if (number <= recalled_)
      return false;
    running_ = number;
    source_ = std::stop_source{std::nostopstate};
    return true;
  }

  /// Returns how the call that has begun is told to stop.
  std::stop_token token() {
    std::lock_guard lock{mutex_};
    source_ = std::stop_source{};
    if (stopped_ == running_)
      source_.request_stop();
    return source_.get_token();
  }

  /// Calls back all up to one that have not begun. Returns the last that has.
  std::uint64_t recall(std::uint64_t up_to) {
    std::lock_guard lock{mutex_};
    recalled_ = up_to;
    return running_;
  }

  /// The call is to stop.
  void stop(std::uint64_t number) {
    std::unique_lock lock{mutex_};
    stopped_ = number;
    if (running_ != number)
      return;
    auto source = source_;
    lock.unlock();
    source.request_stop(); // runs callbacks of the task
  }

private:
  std::mutex mutex_;
  std::uint64_t running_ = 0;                 // the last that has begun
  std::uint64_t recalled_ = 0;                // up to this one, none begins any more
  std::uint64_t stopped_ = 0;                 // the last that is to stop
  std::stop_source source_{std::nostopstate}; // of the one that runs, if it asks
};

class server {
public:
  [[noreturn]] void run() {
    buffer hello;
    begin_frame(hello, {.kind = frame_kind::hello});
    wire::writer{hello}.put(registry_hash());
    end_frame(hello);
    tasks_.send(hello.bytes());

    auto welcome = tasks_.receive();
    wire::reader in{welcome.body.bytes()};
    in(name_, number_);
    act_as_worker(name_, number_);

    std::thread{[this] { control(); }}.detach();
    for (;;)
      answer(tasks_.receive());
  }

private:
  void answer(const frame& call) {
    if (!gate_.begin(call.header.number))
      return;
    buffer out;
    begin_frame(out, {.kind = frame_kind::value, .number = call.header.number});
    try {
      wire::reader in{call.body.bytes()};
      wire::writer result{out};
      auto& function = function_of(call.header.function);
      function.run(in, result, function.stops() ? gate_.token() : std::stop_token{});
    } catch (...) {
      out = {};
      begin_frame(out, {.kind = frame_kind::failure, .number = call.header.number});
      wire::writer failure{out};
      put_exception(std::current_exception(), name_, failure);
    }
    end_frame(out);
    tasks_.send(out.bytes());
  }

  /// What passes the tasks: on a thread of its own, so that there is an answer while they run.
  [[noreturn]] void control() {
    for (;;) {
      auto said = control_.receive().header;
      if (said.kind == frame_kind::stop)
        gate_.stop(said.number);
      else if (said.kind == frame_kind::recall)
        say({.kind = frame_kind::recalled, .number = gate_.recall(said.number)});
      else if (said.kind == frame_kind::ping)
        say({.kind = frame_kind::pong, .number = said.number});
    }
  }

  void say(const frame_header& h) const { control_.send(std::as_bytes(std::span{&h, 1})); }

  stream_to_pool tasks_{worker_tasks, leave};
  stream_to_pool control_{worker_control, drop_everything};
  gate gate_;
  std::string name_;
  unsigned number_ = 0;
};

/// Whether this process was started as a worker: returns by whom.
std::optional<pid_t> pool_of_this_process() {
  auto* mark = std::getenv(worker_mark);
  if (!mark)
    return std::nullopt;
  pid_t pool = 0;
  std::string_view text{mark};
  std::from_chars(text.data(), text.data() + text.size(), pool);
  unsetenv(worker_mark); // whatever is started from here is no worker
  return pool;
}

} // namespace

bool can_have_workers() noexcept {
  return asked.load();
}

} // namespace detail

void serve_if_worker() {
  detail::asked.store(true);
  auto pool = detail::pool_of_this_process();
  if (!pool)
    return;
  for (int fd : {detail::worker_tasks, detail::worker_control})
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  std::signal(SIGINT, SIG_IGN); // Ctrl-C is for the pool, which ends its workers
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != *pool)
    detail::leave(); // it has died meanwhile
  static auto& server = *new detail::server;
  server.run();
}

} // namespace mailroom

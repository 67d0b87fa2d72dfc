// Workers that are processes of this program on this machine: how they are started, heard and
// ended.

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" { // which this header forgets before glibc 2.37
#include <sys/pidfd.h>
}

#include <fmt/format.h>

#include "mailroom/future/linger.hpp"
#include "mailroom/process/descriptors.hpp"
#include "mailroom/process/link.hpp"

namespace mailroom::detail {

namespace {

/// Throws unless `what` went well: it returned an error number.
void require(int error, const char* what) {
  if (error != 0)
    throw std::system_error(error, std::system_category(), what);
}

/// The same for what returns less than 0, and has set `errno`.
int require_result(int result, const char* what) {
  require(result < 0 ? errno : 0, what);
  return result;
}

/// The two ends of a stream. Neither is inherited by what others start.
std::pair<descriptor, descriptor> stream() {
  std::array<int, 2> ends{};
  require_result(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()),
                 "cannot make a socket");
  return {descriptor{ends[0]}, descriptor{ends[1]}};
}

/// What a new process is given.
class spawn_plan {
public:
  spawn_plan() {
    require(posix_spawn_file_actions_init(&files_), "cannot plan a process");
    require(posix_spawnattr_init(&attributes_), "cannot plan a process");
  }
  ~spawn_plan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  spawn_plan(const spawn_plan&) = delete;
  spawn_plan& operator=(const spawn_plan&) = delete;

  /// It gets these two, in places that neither has now, nothing to read, and what is written to
  /// stdout and stderr; no signal is blocked.
  void give(int tasks, int control) {
    require(posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0), "stdin");
    require(posix_spawn_file_actions_adddup2(&files_, tasks, worker_tasks), "tasks");
    require(posix_spawn_file_actions_adddup2(&files_, control, worker_control), "control");
    require(posix_spawn_file_actions_addclosefrom_np(&files_, worker_control + 1), "others");
    sigset_t none;
    sigemptyset(&none);
    require(posix_spawnattr_setsigmask(&attributes_, &none), "signals");
    require(posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK), "signals");
  }

  /// Runs this program once more, as a worker. (The link in /proc leads to what runs, even if
  /// another file has its name by now.)
  pid_t start(const std::string& name) {
    std::string program = program_invocation_name;
    std::string role = "worker";
    std::string shown = name;
    std::array<char*, 4> arguments{program.data(), role.data(), shown.data(), nullptr};
    auto mark = fmt::format("{}={}", worker_mark, getpid());
    std::vector<char*> variables;
    for (auto** v = environ; *v; ++v)
      variables.push_back(*v);
    variables.push_back(mark.data());
    variables.push_back(nullptr);
    pid_t pid = 0;
    require(posix_spawn(&pid, "/proc/self/exe", &files_, &attributes_, arguments.data(),
                        variables.data()),
            "cannot start a process");
    return pid;
  }

private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

/// Moves a descriptor out of the places that a worker's have.
descriptor above_workers(descriptor d) {
  if (d.get() > worker_control)
    return d;
  return descriptor{
    require_result(fcntl(d.get(), F_DUPFD_CLOEXEC, worker_control + 1), "cannot move a socket")};
}

class local_worker final : public link {
public:
  explicit local_worker(const std::string& name) {
    auto [tasks, its_tasks] = stream();
    auto [control, its_control] = stream();
    tasks_ = std::move(tasks);
    control_ = std::move(control);
    its_tasks = above_workers(std::move(its_tasks));
    its_control = above_workers(std::move(its_control));
    timeval time{.tv_sec = slice.count(), .tv_usec = 0};
    require_result(setsockopt(tasks_.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time),
                   "cannot set up a socket");
    spawn_plan plan;
    plan.give(its_tasks.get(), its_control.get());
    pid_ = plan.start(name);
    end_ = descriptor{pidfd_open(pid_, 0)};
    if (end_.get() < 0) {
      auto error = errno;
      ::kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      require(error, "cannot watch a process");
    }
  }

  ~local_worker() override {
    if (!ended_)
      end(clock::now());
  }

  std::optional<frame> talk(std::span<const std::byte>& unsent, clock::time_point until) override {
    auto now = clock::now();
    bool lingers = until - now > worth_lingering;
    bool just_wait = until - now > slice && news_due_ == 0;
    for (;;) {
      if (auto f = next_frame())
        return f;
      if (!unsent.empty() && !deaf_)
        send_some(unsent);
      if (lingers && unsent.empty()) {
        lingers = linger([&] { return receive_some(tasks_, incoming_, MSG_DONTWAIT); });
        if (lingers)
          continue;
      }
      if (just_wait && unsent.empty()) { // that is half as much work for the kernel
        just_wait = receive_some(tasks_, incoming_, 0);
        continue;
      }
      std::array<pollfd, 3> watched{pollfd{tasks_.get(), POLLIN, 0},
                                    pollfd{control_.get(), POLLIN, 0},
                                    pollfd{end_.get(), POLLIN, 0}};
      if (!unsent.empty() && !deaf_)
        watched[0].events |= POLLOUT;
      if (!await(watched, until))
        return std::nullopt;
      bool came = false;
      if (watched[0].revents & (POLLIN | POLLHUP | POLLERR))
        came = receive_some(tasks_, incoming_, MSG_DONTWAIT);
      if (watched[1].revents & POLLIN && !came) // it may end there sooner than what was answered
        came = receive_some(control_, news_, MSG_DONTWAIT);
      if (watched[2].revents && !came) // whoever it has started may still hold its socket
        throw link_lost("the process has ended");
    }
  }

  void tell(const frame_header& h) noexcept override {
    if (h.kind != frame_kind::stop) // the only one that is not answered, and that others send
      ++news_due_;
    (void)::send(control_.get(), &h, sizeof h, MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  void kill(int signal) noexcept override { pidfd_send_signal(end_.get(), signal, nullptr, 0); }

  departure end(clock::time_point until) noexcept override {
    ::shutdown(tasks_.get(), SHUT_RDWR);
    std::array<pollfd, 1> watched{pollfd{end_.get(), POLLIN, 0}};
    if (!await(watched, until))
      kill(SIGKILL);
    int status = 0;
    departure how;
    ended_ = true;
    if (waitpid(pid_, &status, 0) != pid_)
      return how; // somebody else has waited for it
    if (WIFEXITED(status))
      how.exit_code = WEXITSTATUS(status);
    else
      how.signal = WTERMSIG(status);
    return how;
  }

  int process() const noexcept override { return pid_; }

private:
  /// How long to wait for an answer before looking at anything else.
  static constexpr std::chrono::seconds slice{1};

  /// Waits until one of them is ready or it is `until`. Returns whether one is.
  template <std::size_t N>
  static bool await(std::array<pollfd, N>& watched, clock::time_point until) {
    for (;;) {
      timespec left{};
      if (until != never) {
        auto ns = std::max<std::int64_t>(
          0, std::chrono::duration_cast<std::chrono::nanoseconds>(until - clock::now()).count());
        left = {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
      }
      auto n = ppoll(watched.data(), N, until == never ? nullptr : &left, nullptr);
      if (n >= 0)
        return n > 0;
    }
  }

  std::optional<frame> next_frame() {
    try {
      if (auto f = incoming_.next())
        return f;
      auto f = news_.next();
      news_due_ -= f && news_due_ > 0 ? 1 : 0;
      return f;
    } catch (const serialization_error& e) {
      kill(SIGKILL); // whatever it is now, it is no worker
      throw link_lost(e.what());
    }
  }

  void send_some(std::span<const std::byte>& unsent) {
    auto n = ::send(tasks_.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0)
      unsent = unsent.subspan(static_cast<std::size_t>(n));
    else if (errno != EAGAIN && errno != EINTR)
      deaf_ = true; // it is gone; perhaps it has said something before
  }

  /// Returns whether anything came. Throws if nothing ever will.
  static bool receive_some(descriptor& from, frame_decoder& to, int flags) {
    auto room = to.room();
    auto n = ::recv(from.get(), room.data(), room.size(), flags);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
      throw link_lost("the worker has closed the connection");
    if (n > 0)
      to.came(static_cast<std::size_t>(n));
    return n > 0;
  }

  descriptor tasks_;
  descriptor control_;
  descriptor end_; // can be read when it has ended
  pid_t pid_ = 0;
  bool ended_ = false;
  bool deaf_ = false;      // nothing can be sent
  int news_due_ = 0;       // answers on control_
  frame_decoder incoming_; // of tasks_
  frame_decoder news_;     // of control_
};

class local_workplace final : public workplace {
public:
  std::unique_ptr<link> open(const std::string& name) override {
    return std::make_unique<local_worker>(name);
  }
};

} // namespace

std::unique_ptr<workplace> this_machine() {
  return std::make_unique<local_workplace>();
}

std::string departure::describe() const {
  if (exit_code)
    return fmt::format("exited with code {}", *exit_code);
  if (signal == 0)
    return "ended, nobody knows how";
  auto* text = sigdescr_np(signal);
  return fmt::format("was ended by signal {} ({})", signal, text ? text : "unknown");
}

} // namespace mailroom::detail

#include "demos/checksums_collector.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include "actors/checksums/sha256.hpp"
#include "actors/checksums/sum_line.hpp"
#include "demos/checksums_run.hpp"
#include "mailroom/compare/console.hpp"

namespace mailroom {

namespace {

struct bytes_read {
  std::uintmax_t bytes;
};

struct stop_requested {};

} // namespace

} // namespace mailroom

MAILROOM_LOCAL_MESSAGE(mailroom::bytes_read)
MAILROOM_LOCAL_MESSAGE(mailroom::file_done)
MAILROOM_LOCAL_MESSAGE(mailroom::stop_requested)

namespace mailroom {

namespace console = compare::console;

namespace {

/// Often enough for a bar that moves.
constexpr std::uintmax_t bytes_per_report = 4 << 20;

constexpr std::size_t look_ahead = 1024;

/// The task for one file. It owns all it uses: it may outlive everything but the signals' thread.
auto sum_up(std::size_t index, std::string path, std::stop_token stop, caf::actor collector) {
  return [=] {
    std::uintmax_t unreported = 0;
    auto listener = [&](std::size_t bytes) {
      if (stop.stop_requested())
        throw error("interrupted");
      unreported += bytes;
      if (unreported >= bytes_per_report)
        caf::anon_send(collector, bytes_read{std::exchange(unreported, 0)});
    };
    file_done done{index, 0, "", ""};
    try {
      done.sum = sha256_of_file(path, listener);
    } catch (const std::exception& e) {
      done.trouble = e.what();
    }
    done.bytes = unreported;
    caf::anon_send(collector, std::move(done));
  };
}

} // namespace

collector::collector(system& sys, actor_pool_executor& pool, std::vector<found_file> files,
                     stop_signals& signals)
  : self_(sys.caf()), pool_(pool), files_(std::move(files)), signals_(signals) {
  so_far_.all_files = files_.size();
  for (auto& file : files_)
    so_far_.all_bytes += file.bytes;
}

collector::~collector() {
  signals_.request_stop();
}

void collector::run() {
  auto me = caf::actor_cast<caf::actor>(self_);
  std::stop_callback wake{signals_.token(), [me] { caf::anon_send(me, stop_requested{}); }};
  caf::behavior messages{
    [this](bytes_read more) { so_far_.bytes += more.bytes; },
    [this](file_done& done) { take(done); },
    [](stop_requested) {},
  };
  submit(me);
  while (finished_ < files_.size() && !signals_.token().stop_requested()) {
    bar_.show(so_far_);
    self_->receive(messages);
    print_ready();
    submit(me);
  }
  bar_.hide();
}

void collector::submit(const caf::actor& me) {
  for (; submitted_ < std::min(files_.size(), finished_ + look_ahead); ++submitted_) {
    ready_.emplace_back();
    pool_.post(sum_up(submitted_, files_[submitted_].path, signals_.token(), me));
  }
}

void collector::take(file_done& done) {
  ++so_far_.files;
  so_far_.bytes += done.bytes;
  ready_[done.index - finished_] = std::move(done);
}

void collector::print_ready() {
  while (!ready_.empty() && ready_.front() && print(*ready_.front())) {
    ready_.pop_front();
    ++finished_;
  }
}

/// Returns false if somebody wants to stop before the line could be printed.
bool collector::print(const file_done& done) {
  auto& path = files_[done.index].path;
  if (console::is_terminal() || !done.trouble.empty())
    bar_.hide();
  if (!done.trouble.empty()) {
    trouble_ = true;
    complain_of(path, done.trouble);
    return true;
  }
  if (!await_room())
    return false;
  console::print(sum_line(done.sum, path));
  return true;
}

/// Waits until standard output takes a line, and returns true, or until a signal comes. Without it,
/// Ctrl-C would have to wait for whoever reads from a full pipe.
bool collector::await_room() const {
  std::array<pollfd, 2> either{{{STDOUT_FILENO, POLLOUT, 0}, {signals_.descriptor(), POLLIN, 0}}};
  while (::poll(either.data(), either.size(), -1) < 0 && errno == EINTR)
    ;
  return signals_.caught() == 0;
}

} // namespace mailroom

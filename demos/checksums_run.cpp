#include "demos/checksums_run.hpp"

#include <chrono>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "actors/checksums/files_below.hpp"
#include "actors/checksums/sha256.hpp"
#include "actors/checksums/sum_line.hpp"
#include "demos/checksums_collector.hpp"
#include "demos/stop_signals.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"

namespace mailroom {

using namespace std::chrono_literals;

int run_checksums(const checksums_options& options) {
  stop_signals signals; // before any other thread
  bool trouble = false;
  auto note = [&](const std::string& path, std::error_code why) {
    complain_of(path, why.message());
    trouble = true;
  };
  auto files = files_below(options.directory, note, signals.token());
  if (signals.caught() != 0) {
    complain("interrupted; still looking for files");
    return 128 + signals.caught();
  }
  system sys;
  detail::visit visit;
  actor_pool_executor pool{sys,
                           {.max_workers = options.workers,
                            .thread_name_prefix = "sha256",
                            .finalizer = free_sha256_of_thread}};
  collector sums{sys, pool, std::move(files), signals};
  sums.run();
  int code = trouble || sums.trouble() ? 1 : 0;
  if (sums.finished() < sums.files()) {
    complain(fmt::format("interrupted; {} of {} files done", sums.finished(), sums.files()));
    code = 128 + signals.caught();
  }
  if (!pool.shutdown({.cancel_futures = true, .timeout = 2s}))
    std::_Exit(code); // somebody hangs on a dead disk, and nobody can wait for that
  return code;
}

void complain(std::string_view what) {
  auto line = fmt::format("checksums: {}\n", what);
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

void complain_of(std::string_view path, std::string_view why) {
  complain(fmt::format("{}: {}", path.empty() ? "''" : on_one_line(path), why));
}

} // namespace mailroom

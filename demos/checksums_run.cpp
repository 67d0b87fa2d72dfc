#include "demos/checksums_run.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <unistd.h>

#include "actors/checksums/files_below.hpp"
#include "actors/checksums/sum_line.hpp"
#include "actors/crew/actor.hpp"
#include "demos/checksums_collector.hpp"
#include "demos/stop_signals.hpp"

namespace mailroom {

using namespace std::chrono_literals;

namespace {

int workers_for_all_processors(system& sys) {
  auto processors = sys.caf().scheduler().num_workers();
  return static_cast<int>(std::min<std::size_t>(processors + 4, 32));
}

} // namespace

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
  system sys{{.patience = 2s}}; // for a job that hangs on a dead disk
  detail::visit visit;
  int workers = options.workers > 0 ? options.workers : workers_for_all_processors(sys);
  collector sums{sys, hire(sys, workers), std::move(files), signals};
  sums.run();
  if (sums.finished() < sums.files()) {
    complain(fmt::format("interrupted; {} of {} files done", sums.finished(), sums.files()));
    return 128 + signals.caught();
  }
  return trouble || sums.trouble() ? 1 : 0;
}

void complain(std::string_view what) {
  auto line = fmt::format("checksums: {}\n", what);
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

void complain_of(std::string_view path, std::string_view why) {
  complain(fmt::format("{}: {}", path.empty() ? "''" : on_one_line(path), why));
}

} // namespace mailroom

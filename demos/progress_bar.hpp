#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mailroom {

/// One line on stderr that says how far a program has come; nothing at all if stderr is no
/// terminal.
///
/// For one thread. Whoever writes to the same terminal calls `hide()` first. Throws nothing but
/// `std::bad_alloc`: a bar that cannot be drawn is no reason to stop.
class progress_bar {
public:
  struct progress {
    std::size_t files = 0;
    std::size_t all_files = 0;
    std::uintmax_t bytes = 0;
    std::uintmax_t all_bytes = 0;
  };

  progress_bar() = default;
  ~progress_bar() { hide(); }
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  /// Draws the bar, but not more than ten times a second, unless it was hidden meanwhile.
  void show(const progress& p) {
    auto now = std::chrono::steady_clock::now();
    if (!wanted_ || (visible_ && now < next_))
      return;
    next_ = now + std::chrono::milliseconds{100};
    visible_ = true;
    write("\r" + drawn(p, columns()) + "\x1b[K");
  }

  /// Takes the bar away.
  void hide() {
    if (visible_)
      write("\r\x1b[K");
    visible_ = false;
  }

  /// Returns what `show` draws on a terminal of `columns`; always shorter than that.
  static std::string drawn(const progress& p, std::size_t columns) {
    auto share = [](auto part, auto whole) {
      return static_cast<double>(part) / static_cast<double>(std::max<decltype(whole)>(whole, 1));
    };
    double part = p.all_bytes > 0 ? share(p.bytes, p.all_bytes) : share(p.files, p.all_files);
    part = std::min(part, 1.0); // files may have grown since they were counted
    auto text = fmt::format("{:3.0f}%  {}/{} files  {:.1f}/{:.1f} MB", 100 * part, p.files,
                            p.all_files, megabytes(p.bytes), megabytes(p.all_bytes));
    std::size_t room = columns - std::min(columns, text.size() + 4);
    room = std::min<std::size_t>(room, 40);
    auto filled = static_cast<std::size_t>(part * static_cast<double>(room));
    if (room > 0)
      text = fmt::format("[{:<{}}] {}", std::string(filled, '#'), room, text);
    return text.substr(0, columns > 0 ? columns - 1 : 0);
  }

private:
  static double megabytes(std::uintmax_t bytes) { return static_cast<double>(bytes) / 1e6; }

  static bool can_draw() {
    const char* terminal = std::getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && terminal && std::string_view(terminal) != "dumb";
  }

  static std::size_t columns() {
    winsize size{};
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
  }

  static void write(std::string_view text) {
    [[maybe_unused]] auto written = ::write(STDERR_FILENO, text.data(), text.size());
  }

  bool wanted_ = can_draw();
  bool visible_ = false;
  std::chrono::steady_clock::time_point next_;
};

} // namespace mailroom

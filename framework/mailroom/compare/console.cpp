#include "mailroom/compare/console.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mailroom::compare::console {

namespace {

[[noreturn]] void fail() {
  throw output_error(std::string("cannot write to standard output: ") + std::strerror(errno));
}

} // namespace

void open() {
  std::signal(SIGPIPE, SIG_IGN);
  if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
    fail();
}

void print(std::string_view text) {
  while (!text.empty()) {
    auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      fail();
  }
}

bool is_terminal() {
  return isatty(STDOUT_FILENO) == 1;
}

bool colours() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  bool dumb = terminal && std::string_view(terminal) == "dumb";
  return is_terminal() && !dumb && (!no_colour || *no_colour == '\0');
}

std::size_t width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return std::clamp<std::size_t>(size.ws_col, 40, 160);
}

} // namespace mailroom::compare::console

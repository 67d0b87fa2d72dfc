#include "mailroom/trace/columns.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace mailroom::trace {

namespace {

std::vector<std::string> workers_of(const std::vector<event>& events,
                                    const std::vector<std::string>& first) {
  std::vector<std::string> names;
  auto acts = [&](auto& name) {
    return std::any_of(events.begin(), events.end(), [&](auto& e) { return e.who == name; });
  };
  std::copy_if(first.begin(), first.end(), std::back_inserter(names), acts);
  for (auto& e : events)
    if (std::find(names.begin(), names.end(), e.who) == names.end())
      names.push_back(e.who);
  return names;
}

std::string cut(const std::string& text, std::size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 1) + "~";
}

std::string painted(const std::string& text, std::size_t column, bool colour) {
  constexpr std::array codes{36, 33, 35, 32, 34, 31};
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", codes[column % codes.size()], text) : text;
}

} // namespace

std::string columns(const std::vector<event>& events, const columns_options& options) {
  auto names = workers_of(events, options.workers);
  if (names.empty())
    return "";
  constexpr std::size_t time_width = 10;
  std::size_t room = options.width > time_width ? options.width - time_width : 0;
  std::size_t width = std::max<std::size_t>(room / names.size(), 8);
  std::string text(time_width, ' ');
  auto cell = [&](const std::string& what, std::size_t column) {
    return painted(fmt::format("{:<{}}", cut(what, width - 1), width), column, options.colour);
  };
  auto end_line = [&] {
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  };
  for (std::size_t c = 0; c < names.size(); ++c)
    text += cell(names[c], c);
  end_line();
  std::size_t left_out = events.size() > options.max_rows ? events.size() - options.max_rows : 0;
  std::size_t first_gone = options.max_rows / 2;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (left_out > 0 && i == first_gone) {
      text += fmt::format("{:>{}}{} more\n", "... ", time_width, left_out);
      i += left_out - 1;
      continue;
    }
    auto column = static_cast<std::size_t>(std::find(names.begin(), names.end(), events[i].who)
                                           - names.begin());
    double ms = std::chrono::duration<double, std::milli>(events[i].at).count();
    text += fmt::format("{:>6.1f}ms  {:{}}", ms, "", width * column);
    text += cell(events[i].what, column);
    end_line();
  }
  return text;
}

} // namespace mailroom::trace

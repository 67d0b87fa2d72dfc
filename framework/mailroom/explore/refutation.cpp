#include "mailroom/explore/refutation.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mailroom::explore {

namespace {

constexpr std::size_t most_lines = 40;
constexpr std::size_t most_width = 40; // of a column

std::string cut(std::string text) {
  if (text.size() > most_width) {
    text.resize(most_width - 1);
    text += '~';
  }
  return text;
}

std::string name_of(int client) {
  return client < 26 ? std::string(1, static_cast<char>('A' + client))
                     : "client " + std::to_string(client);
}

std::string calls_text(std::size_t n) {
  return n == 1 ? "1 call" : fmt::format("{} calls", n);
}

/// A begin or an end, as one line.
struct line {
  std::uint64_t at;
  bool ends; // begins come first where numbers are equal
  std::size_t call;
  std::string text;
};

std::vector<line> lines_of(const refutation& r) {
  std::vector<line> lines;
  for (std::size_t i = 0; i < r.calls.size(); ++i) {
    auto& c = r.calls[i];
    bool alone = std::none_of(r.calls.begin(), r.calls.end(), [&](auto& other) {
      return &other != &c && other.client == c.client && other.begin < c.end && c.begin < other.end;
    });
    lines.push_back({c.begin, false, i, cut(c.input)});
    if (c.answer)
      lines.push_back({c.end, true, i, cut((alone ? "" : c.input + " ") + "-> " + *c.answer)});
  }
  std::sort(lines.begin(), lines.end(), [](auto& a, auto& b) {
    return std::tie(a.at, a.ends, a.call) < std::tie(b.at, b.ends, b.call);
  });
  return lines;
}

struct column {
  std::size_t width;
  int running = 0; // calls that have begun and not ended
};

std::string row(std::map<int, column>& columns, int client, std::string_view text) {
  std::string all;
  for (auto& [who, c] : columns)
    all += fmt::format("{:<{}}", who == client ? text : c.running > 0 ? "|" : "", c.width + 2);
  all.erase(all.find_last_not_of(' ') + 1);
  return all + "\n";
}

std::string table(const refutation& r) {
  auto lines = lines_of(r);
  std::map<int, column> columns;
  for (auto& l : lines) {
    auto client = r.calls[l.call].client;
    auto& c = columns.try_emplace(client, column{name_of(client).size()}).first->second;
    c.width = std::max(c.width, l.text.size());
  }
  std::string text;
  for (auto& [who, c] : columns)
    text += fmt::format("{:<{}}", name_of(who), c.width + 2);
  text.erase(text.find_last_not_of(' ') + 1);
  text += '\n';
  auto hidden = lines.size() > most_lines ? lines.size() - most_lines : 0;
  if (hidden > 0)
    text += fmt::format("... {} lines\n", hidden);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto client = r.calls[lines[i].call].client;
    auto shown = row(columns, client, lines[i].text);
    columns.at(client).running += lines[i].ends ? -1 : 1;
    if (i >= hidden)
      text += shown;
  }
  return text;
}

std::string any_of(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, " or "));
}

} // namespace

std::string to_string(const refutation& r) {
  std::string text;
  if (r.before > 0)
    text += fmt::format("after {}: ", calls_text(r.before));
  text += fmt::format("state {}\n", any_of(r.starts));
  text += table(r);
  auto& last = r.calls.at(r.impossible);
  text += fmt::format("{}: {} -> {} has no explanation", name_of(last.client), last.input,
                      last.answer.value_or("?"));
  if (!r.allowed.empty())
    text += fmt::format("; {} would have one", any_of(r.allowed));
  text += '\n';
  if (r.left_out > 0)
    text += fmt::format("{} left out: whether {} took effect makes no difference\n",
                        calls_text(r.left_out), r.left_out == 1 ? "it" : "they");
  return text;
}

} // namespace mailroom::explore

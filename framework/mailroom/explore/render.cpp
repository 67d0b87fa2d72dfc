#include "mailroom/explore/render.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace mailroom::explore {

namespace {

std::string cut_to(std::string text, std::size_t width) {
  if (text.size() > width) {
    text.resize(width - 1);
    text += '~';
  }
  return text;
}

/// Those who do something, in the order of the cast.
std::vector<std::string> acting(const run& r) {
  std::set<std::string> seen;
  for (auto& t : r.history)
    seen.insert(t.who);
  std::vector<std::string> names;
  for (auto& name : r.cast)
    if (seen.erase(name) > 0)
      names.push_back(name);
  names.insert(names.end(), seen.begin(), seen.end());
  return names;
}

std::size_t column_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

std::string conclusion(const run& r) {
  std::string text{to_string(r.end)};
  return r.why.empty() ? text : text + ": " + r.why;
}

/// Makes text safe inside a diagram's label.
std::string plain(std::string text, const std::vector<std::pair<char, std::string>>& replacements) {
  std::string safe;
  for (char c : text) {
    auto found =
      std::find_if(replacements.begin(), replacements.end(), [&](auto& r) { return r.first == c; });
    if (found == replacements.end())
      safe += c;
    else
      safe += found->second;
  }
  return safe;
}

std::string in_mermaid(std::string text) {
  return plain(std::move(text), {{'#', "#35;"}, {';', "#59;"}, {'\n', " "}});
}

std::string in_xml(std::string text) {
  return plain(std::move(text), {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'\n', " "}});
}

} // namespace

std::string columns(const run& r, std::size_t width) {
  auto names = acting(r);
  std::size_t widest = 4;
  for (auto& name : names)
    widest = std::max(widest, name.size());
  for (auto& t : r.history)
    widest = std::max(widest, to_string(t).size());
  constexpr std::size_t margin = 6;
  auto room = width > margin ? (width - margin) / std::max<std::size_t>(1, names.size()) : 0;
  auto column = std::clamp<std::size_t>(widest + 2, 4, std::max<std::size_t>(4, room));
  std::string head;
  for (auto& name : names)
    head += fmt::format("{:<{}}", cut_to(name, column - 2), column);
  head.resize(head.find_last_not_of(' ') + 1);
  auto text = fmt::format("{:>4}  {}\n", "step", head);
  for (std::size_t i = 0; i < r.history.size(); ++i) {
    auto& t = r.history[i];
    text += fmt::format("{:>4}  {:{}}{}\n", i + 1, "", column * column_of(names, t.who),
                        cut_to(to_string(t), column - 2));
  }
  if (r.back_to > 0)
    text += fmt::format("      and again from step {}\n", r.back_to);
  return text + fmt::format("      => {}\n", conclusion(r));
}

std::string mermaid(const run& r) {
  std::vector<std::string> names = acting(r);
  for (auto& t : r.history)
    if (!t.partner.empty() && std::find(names.begin(), names.end(), t.partner) == names.end())
      names.push_back(t.partner);
  std::string text = "sequenceDiagram\n";
  for (std::size_t i = 0; i < names.size(); ++i)
    text += fmt::format("  participant p{} as {}\n", i, in_mermaid(names[i]));
  for (auto& t : r.history) {
    auto& partner = t.partner.empty() ? t.who : t.partner;
    text += fmt::format("  p{}->>p{}: {}\n", column_of(names, t.message ? partner : t.who),
                        column_of(names, t.message ? t.who : partner),
                        in_mermaid(t.outcome.empty() ? t.what : t.what + " " + t.outcome));
  }
  if (!names.empty())
    text += fmt::format("  Note over p0,p{}: {}\n", names.size() - 1, in_mermaid(conclusion(r)));
  return text;
}

std::string svg(const run& r) {
  constexpr std::size_t column = 190, row = 26, left = 50, top = 44;
  auto names = acting(r);
  auto height = top + row * r.history.size() + 46;
  auto width = std::max<std::size_t>(left + column * names.size() + 10, 480);
  auto text = fmt::format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} {}' "
                          "font-family='monospace' font-size='13'>\n"
                          "<rect width='100%' height='100%' fill='white'/>\n",
                          width, height);
  for (std::size_t i = 0; i < names.size(); ++i)
    text += fmt::format("<text x='{0}' y='24' text-anchor='middle' font-weight='bold'>{1}</text>"
                        "<line x1='{0}' y1='32' x2='{0}' y2='{2}' stroke='#bbb'/>\n",
                        left + column * i + column / 2, in_xml(names[i]), height - 40);
  for (std::size_t i = 0; i < r.history.size(); ++i) {
    auto& t = r.history[i];
    auto x = left + column * column_of(names, t.who) + 8;
    auto y = top + row * i;
    text += fmt::format(
      "<text x='14' y='{}' fill='#888'>{}</text><rect x='{}' y='{}' width='{}' "
      "height='{}' rx='4' fill='{}' stroke='#888'/><text x='{}' y='{}'>{}</text>\n",
      y + 16, i + 1, x, y, column - 16, row - 4, t.what == "read" ? "#dbe9ff" : "#ffe3c2", x + 8,
      y + 15, in_xml(cut_to(to_string(t), 21)));
  }
  return text
         + fmt::format("<text x='{}' y='{}' text-anchor='middle' fill='#b00' font-weight='bold'>{}"
                       "</text>\n</svg>\n",
                       width / 2, height - 14, in_xml(conclusion(r)));
}

} // namespace mailroom::explore

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

/// Parts of a picture, in pixels.
namespace picture {

constexpr std::size_t column = 190, row = 26, top = 44, letter = 8;

constexpr std::size_t line_of(std::size_t i) {
  return 50 + column * i + column / 2;
}

std::string box(std::size_t at, std::size_t y, const std::string& label, bool reads) {
  auto x = line_of(at) - column / 2 + 8;
  return fmt::format("<rect x='{}' y='{}' width='{}' height='{}' rx='4' fill='{}' stroke='#888'/>"
                     "<text x='{}' y='{}'>{}</text>\n",
                     x, y, column - 16, row - 4, reads ? "#dbe9ff" : "#ffe3c2", x + 8, y + 15,
                     in_xml(cut_to(label, 21)));
}

std::string arrow(std::size_t from, std::size_t to, std::size_t y, const std::string& label) {
  auto head = line_of(to);
  auto back = from < to ? head - 8 : head + 8;
  auto middle = from < to ? back - column / 2 : back + column / 2; // of the last column it crosses
  return fmt::format("<line x1='{}' y1='{}' x2='{}' y2='{}' stroke='#333'/>"
                     "<path d='M{} {}l0 -4L{} {}L{} {}z' fill='#333'/>"
                     "<text x='{}' y='{}' text-anchor='middle'>{}</text>\n",
                     line_of(from), y + 16, back, y + 16, back, y + 16, head, y + 16, back, y + 20,
                     middle, y + 12, in_xml(cut_to(label, 21)));
}

} // namespace picture

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
  auto names = acting(r);
  auto last = r.back_to > 0 ? fmt::format("and again from step {} => ", r.back_to) : "";
  last += conclusion(r);
  auto height = picture::top + picture::row * r.history.size() + 46;
  auto width = std::max({picture::line_of(names.size()) - picture::column / 2 + 10,
                         picture::letter * last.size() + 20, std::size_t{480}});
  auto text = fmt::format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} {}' "
                          "font-family='monospace' font-size='13'>\n"
                          "<rect width='100%' height='100%' fill='white'/>\n",
                          width, height);
  for (std::size_t i = 0; i < names.size(); ++i)
    text += fmt::format("<text x='{0}' y='24' text-anchor='middle' font-weight='bold'>{1}</text>"
                        "<line x1='{0}' y1='32' x2='{0}' y2='{2}' stroke='#bbb'/>\n",
                        picture::line_of(i), in_xml(names[i]), height - 40);
  for (std::size_t i = 0; i < r.history.size(); ++i) {
    auto& t = r.history[i];
    auto y = picture::top + picture::row * i;
    auto at = column_of(names, t.who);
    auto from = column_of(names, t.partner);
    text += fmt::format("<text x='14' y='{}' fill='#888'>{}</text>", y + 16, i + 1);
    text += t.message && from < names.size() && from != at
              ? picture::arrow(from, at, y, t.outcome.empty() ? t.what : t.what + " " + t.outcome)
              : picture::box(at, y, to_string(t), t.what == "read");
  }
  return text
         + fmt::format("<text x='{}' y='{}' text-anchor='middle' fill='#b00' font-weight='bold'>{}"
                       "</text>\n</svg>\n",
                       width / 2, height - 14, in_xml(last));
}

} // namespace mailroom::explore

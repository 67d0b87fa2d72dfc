#include "mailroom/explore/execution.hpp"

#include <array>

namespace mailroom::explore {

execution::~execution() = default;

bool dependent(const choice& a, const choice& b) noexcept {
  if (a.who == b.who || a.touches_all || b.touches_all)
    return true;
  auto same = [](std::uint32_t x, std::uint32_t y) { return x != 0 && x == y; };
  bool meet = same(a.on, b.on) || same(a.on, b.with) || same(a.with, b.on) || same(a.with, b.with);
  return meet && !(a.reads_only && b.reads_only);
}

std::string to_string(const taken& t) {
  std::string text = t.what;
  if (!t.partner.empty())
    text += (t.message ? " from " : " ") + t.partner;
  if (!t.outcome.empty())
    text += " " + t.outcome;
  return text;
}

std::string_view to_string(ending e) noexcept {
  constexpr std::array<std::string_view, 7> names{"fine",     "violated", "deadlock", "lost_wakeup",
                                                  "livelock", "threw",    "cut"};
  return names[static_cast<std::size_t>(e)];
}

} // namespace mailroom::explore

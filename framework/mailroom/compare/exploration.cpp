#include "mailroom/compare/exploration.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "mailroom/compare/runner.hpp"
#include "mailroom/explore/threads.hpp"

namespace mailroom::compare {

namespace {

settings small(const story& s) {
  settings with;
  with.numbers = s.small;
  return complete(s, with);
}

/// An execution of a story ends well or as a violation that says the verdict.
void judged(const story& s, const outcome& o) {
  auto v = s.judge(o);
  explore::ensure(v == verdict::ok, std::string(to_string(v)));
}

std::function<void()> scenario(const story& s, const version& v) {
  return [&s, &v, with = small(s)] {
    context ctx{with};
    judged(s, v.run(ctx));
  };
}

void check(const story& s) {
  if (!s.explorable)
    throw std::invalid_argument(fmt::format("{} cannot be explored", s.name));
}

} // namespace

verdict verdict_of(const explore::run& r) {
  using explore::ending;
  switch (r.end) {
    case ending::fine:
    case ending::cut: return verdict::ok;
    case ending::deadlock: return verdict::deadlock;
    case ending::lost_wakeup: return verdict::lost_wakeup;
    case ending::livelock: return verdict::livelock;
    case ending::threw: return verdict::crash;
    case ending::violated: break;
  }
  for (auto v : {verdict::lost_update, verdict::overdraft, verdict::torn_read, verdict::overtaken})
    if (r.why == to_string(v))
      return v;
  return verdict::crash; // an `ensure()` within the version
}

exploration explore_version(const story& s, const version& v, const explore::options& how) {
  check(s);
  auto explore = v.endless ? explore::livelocks : explore::threads;
  exploration e{&s, &v, explore(scenario(s, v), how), {}};
  for (auto& f : e.result.findings)
    e.verdicts[verdict_of(f.simplest)] += f.schedules;
  return e;
}

explore::run replay_version(const story& s, const version& v, std::string_view schedule,
                            const explore::options& how) {
  check(s);
  return explore::replay(scenario(s, v), schedule, how);
}

} // namespace mailroom::compare

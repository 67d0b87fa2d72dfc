#include "mailroom/compare/exploration.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "mailroom/compare/runner.hpp"
#include "mailroom/explore/actors.hpp"
#include "mailroom/explore/threads.hpp"

namespace mailroom::compare {

namespace {

settings small(const story& s) {
  settings with;
  with.numbers = s.small;
  if (auto workers = with.numbers.extract("workers"))
    with.workers = static_cast<int>(workers.mapped());
  return complete(s, with);
}

/// An execution of a story ends well, or as a violation that says the verdict.
void judge(const story& s, const version& v, context& ctx) {
  auto found = verdict::ok;
  try {
    found = s.judge(v.run(ctx));
  } catch (const stuck& e) {
    found = e.kind;
  }
  explore::ensure(found == verdict::ok, std::string(to_string(found)));
}

std::function<void()> threads_of(const story& s, const version& v) {
  return [&s, &v, with = small(s)] {
    context ctx{with};
    judge(s, v, ctx);
  };
}

std::function<void(explore::stage&)> actors_of(const story& s, const version& v) {
  return [&s, &v, with = small(s)](explore::stage& stage) {
    context ctx{with, &stage};
    judge(s, v, ctx);
  };
}

void check(const story& s, const version& v) {
  if (!s.explorable)
    throw std::invalid_argument(fmt::format("{} cannot be explored", s.name));
  if (!v.explorable)
    throw std::invalid_argument(fmt::format("{}.{} cannot be explored", s.name, v.name));
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
  for (auto v = verdict::ok; v <= verdict::crash; v = static_cast<verdict>(static_cast<int>(v) + 1))
    if (r.why == to_string(v))
      return v;
  return verdict::crash; // an `ensure()` within the version
}

exploration explore_version(const story& s, const version& v, const explore::options& how) {
  check(s, v);
  exploration e{&s, &v, {}, {}};
  if (v.actors)
    e.result =
      v.endless ? explore::livelocks(actors_of(s, v), how) : explore::actors(actors_of(s, v), how);
  else
    e.result = v.endless ? explore::livelocks(threads_of(s, v), how)
                         : explore::threads(threads_of(s, v), how);
  for (auto& f : e.result.findings)
    e.verdicts[verdict_of(f.simplest)] += f.schedules;
  return e;
}

explore::run replay_version(const story& s, const version& v, std::string_view schedule,
                            const explore::options& how) {
  check(s, v);
  return v.actors ? explore::replay(actors_of(s, v), schedule, how)
                  : explore::replay(threads_of(s, v), schedule, how);
}

} // namespace mailroom::compare

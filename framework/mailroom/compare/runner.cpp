#include "mailroom/compare/runner.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>

#include <fmt/format.h>

namespace mailroom::compare {

settings complete(const story& s, settings with) {
  auto check = [&](std::string_view what, std::int64_t value, std::int64_t least,
                   std::int64_t most) {
    if (value < least || value > most)
      throw std::invalid_argument(
        least == most
          ? fmt::format("{} has a fixed cast of {} {}, not {}", s.name, most, what, value)
          : fmt::format("{} takes {} to {} {}, not {}", s.name, least, most, what, value));
  };
  if (with.workers == 0)
    with.workers = s.workers;
  check("workers", with.workers, s.workers == s.most_workers ? s.workers : 1, s.most_workers);
  if (!(with.scale > 0 && with.scale <= 100))
    throw std::invalid_argument(
      fmt::format("the scale is more than 0 and at most 100, not {}", with.scale));
  for (auto& [name, value] : with.numbers) {
    auto known = std::find_if(s.parameters.begin(), s.parameters.end(),
                              [&, &name = name](auto& p) { return p.name == name; });
    if (known == s.parameters.end())
      throw std::invalid_argument(fmt::format("{} has no {}", s.name, name));
    check(name, value, known->least, known->most);
  }
  for (auto& p : s.parameters)
    with.numbers.emplace(p.name, p.initial);
  return with;
}

result run(const story& s, const version& v, const settings& with) {
  auto full = complete(s, with);
  context ctx{full};
  result r{&s, &v, verdict::ok, "", 0, full.seed, {}, {}, {}};
  auto start = std::chrono::steady_clock::now();
  try {
    r.outcome = v.run(ctx);
    r.found = s.judge(r.outcome);
  } catch (const stuck& e) {
    r.found = e.kind;
    r.why = e.what();
  } catch (const std::exception& e) {
    r.found = verdict::crash;
    r.why = e.what();
  }
  r.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  r.events = ctx.timeline().events();
  r.cast = ctx.cast();
  return r;
}

} // namespace mailroom::compare

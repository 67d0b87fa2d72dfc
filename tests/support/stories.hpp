#pragma once

#include <string_view>

#include <doctest/doctest.h>

#include "mailroom/compare/runner.hpp"
#include "mailroom/sync/shared.hpp"

/// What the tests of all stories share.
namespace mailroom::test {

#ifdef MAILROOM_THREAD_SANITIZER
/// Racy versions race on plain variables here; what ThreadSanitizer says of them is a test of its
/// own.
inline constexpr bool under_thread_sanitizer = true;
#else
inline constexpr bool under_thread_sanitizer = false;
#endif

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer)
inline constexpr bool sanitized = true;
#  else
inline constexpr bool sanitized = under_thread_sanitizer;
#  endif
#else
inline constexpr bool sanitized = under_thread_sanitizer;
#endif

/// The contract of every version that must be ok: it holds for any number of workers and any seed.
inline void check_good_versions(const compare::story& story, compare::settings with,
                                std::initializer_list<int> workers = {1, 2, 3, 7}) {
  for (auto& version : story.versions)
    if (version.expected == compare::verdict::ok)
      for (int n : workers)
        for (std::uint64_t seed : {1u, 2u, 3u}) {
          INFO(story.name << "." << version.name << " with " << n << " workers, seed " << seed);
          with.workers = n;
          with.seed = seed;
          auto result = compare::run(story, version, with);
          INFO("why: " << result.why);
          CHECK(to_string(result.found) == to_string(compare::verdict::ok));
        }
}

/// Runs one version and returns what came of it.
inline compare::result run(const compare::story& story, std::string_view version,
                           compare::settings with = {.scale = 0.02}) {
  return compare::run(story, story.find(version), with);
}

/// Runs a version until something is so, ten times at most: for what once is enough, but on a
/// machine that is busy with other things, who knows?
template <class Predicate>
compare::result run_until(const compare::story& story, std::string_view version,
                          const compare::settings& with, Predicate is_so) {
  for (int chances = 10;; --chances)
    if (auto result = run(story, version, with); chances == 1 || is_so(result))
      return result;
}

/// Runs a version with a bug until it shows. It hesitates for long where others can get in.
inline compare::result run_until_it_shows(const compare::story& story, std::string_view version,
                                          const compare::settings& with = {.scale = 0.02}) {
  return run_until(story, version, with,
                   [](auto& result) { return result.found != compare::verdict::ok; });
}

} // namespace mailroom::test

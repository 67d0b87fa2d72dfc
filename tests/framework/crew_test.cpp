#include "mailroom/scheduler/crew.hpp"

#include <array>

#include <doctest/doctest.h>

using namespace mailroom;

namespace {

/// A job that is never run.
struct idle_job : caf::resumable {
  resume_result resume(caf::execution_unit*, std::size_t) override { return done; }
  void intrusive_ptr_add_ref_impl() override {}
  void intrusive_ptr_release_impl() override {}
};

} // namespace

TEST_CASE("crew: what was handed over last goes first, then the others in order") {
  std::array<idle_job, 4> jobs;
  detail::crew crew;
  auto& one = crew.hire();
  crew.submit(&jobs[3]);
  for (int i : {0, 1, 2})
    crew.hand_over(one, &jobs[i]);
  for (int i : {2, 0, 1, 3})
    CHECK(crew.next(one) == &jobs[i]);
}

TEST_CASE("crew: who has nothing takes from others, but not what was just handed over") {
  std::array<idle_job, 3> jobs;
  detail::crew crew;
  auto& one = crew.hire();
  auto& two = crew.hire();
  for (auto& j : jobs)
    crew.hand_over(one, &j);
  CHECK(crew.next(two) == &jobs[0]);
  CHECK(crew.next(two) == &jobs[1]);
  CHECK(crew.next(one) == &jobs[2]);
}

TEST_CASE("crew: nothing is lost when it ends") {
  std::array<idle_job, 4> jobs;
  detail::crew crew;
  auto& one = crew.hire();
  crew.submit(&jobs[3]);
  for (int i : {0, 1, 2})
    crew.hand_over(one, &jobs[i]);
  for (int i : {2, 0, 1})
    CHECK(crew.left_by(one) == &jobs[i]);
  CHECK(crew.left_by(one) == nullptr);
  CHECK(crew.left_by_all() == &jobs[3]);
  CHECK(crew.left_by_all() == nullptr);
}

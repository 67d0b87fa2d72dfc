#include "mailroom/scheduler/crew.hpp"

#include <algorithm>
#include <mutex>

namespace mailroom::detail {

namespace {

/// How often a thread looks before one of the queues has its turn.
constexpr unsigned turns_of_a_round = 64;

/// How long the lookout sleeps. A job that was handed over by one that does not end waits for twice
/// that at most.
constexpr std::chrono::microseconds watch{500};

} // namespace

crew::member& crew::hire() {
  members_.push_back(std::make_unique<member>());
  sleepers_.reserve(members_.size());
  return *members_.back();
}

// -- adding jobs --------------------------------------------------------------------------------------

void crew::submit(job j) {
  shared_.push(j);
  wake_one();
}

void crew::hand_over(member& m, job j) {
  if (auto* older = m.handed_.exchange(j)) {
    m.own_.push(older);
    wake_one();
  } else if (!lookout_.load()) {
    wake_one(); // to be one
  }
}

// -- finding jobs -------------------------------------------------------------------------------------

crew::job crew::next(member& m) {
  auto* j = look(m);
  if (!j)
    return sleep_until_job(m);
  if (m.own_.size() > 0)
    wake_one(); // who was postponed need not wait for this one
  return j;
}

/// Looks everywhere, once.
crew::job crew::look(member& m) {
  auto turn = m.turns_.load(std::memory_order_relaxed) + 1;
  m.turns_.store(turn, std::memory_order_relaxed);
  job j = nullptr;
  switch (turn % turns_of_a_round) {
    case 0: j = shared_.pop(); break;
    case turns_of_a_round / 3: j = m.own_.pop(); break;
    case turns_of_a_round * 2 / 3: j = relieve_another(m, turn / turns_of_a_round); break;
    default: break;
  }
  if (!j)
    j = take_handed(m);
  if (!j)
    j = m.own_.pop();
  if (!j)
    j = shared_.pop_and_move(shared_.size() / (2 * members_.size()), m.own_);
  if (!j)
    j = steal(m, turn);
  return j;
}

/// Takes half of what another member has in its queue: one job to run, the others to keep.
crew::job crew::steal(member& m, unsigned first) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    auto& other = *members_[(first + i) % members_.size()];
    if (&other == &m)
      continue;
    if (auto* j = other.own_.pop_and_move(other.own_.size() / 2, m.own_))
      return j;
  }
  return nullptr;
}

/// Takes one job from another member, who may be busy for long.
crew::job crew::relieve_another(member& m, unsigned which) {
  auto& other = *members_[which % members_.size()];
  if (&other == &m)
    return nullptr;
  auto* j = other.own_.pop();
  return j ? j : take_overdue(other);
}

crew::job crew::take_handed(member& m) {
  return m.handed_.load() ? m.handed_.exchange(nullptr) : nullptr;
}

/// Takes what was handed over by a job that has not ended since somebody last asked.
crew::job crew::take_overdue(member& m) {
  auto turns = m.turns_.load(std::memory_order_relaxed);
  bool overdue = m.turns_seen_.exchange(turns, std::memory_order_relaxed) == turns;
  return overdue ? take_handed(m) : nullptr;
}

/// Sleeps until there is work. To look for longer before that was measured, and won nothing.
crew::job crew::sleep_until_job(member& m) {
  bool searching = false;
  for (;;) {
    searching = sleep(m, searching);
    if (auto* j = look(m)) {
      if (searching)
        searching_.store(false);
      // Nobody was woken while this thread was searching, or on the lookout.
      if (work_in_sight() || (!lookout_.load() && handed_in_sight()))
        wake_one();
      return j;
    }
  }
}

bool crew::work_in_sight() const {
  return shared_.size() > 0
         || std::ranges::any_of(members_, [](auto& m) { return m->own_.size() > 0; });
}

bool crew::handed_in_sight() const {
  return std::ranges::any_of(members_, [](auto& m) { return m->handed_.load() != nullptr; });
}

// -- sleeping -----------------------------------------------------------------------------------------

/// Wakes one thread that sleeps, if nobody searches: from now on it does.
void crew::wake_one() {
  if (searching_.load() || sleeping_.load() == 0)
    return;
  member* m = nullptr;
  {
    std::lock_guard lock{sleepers_lock_};
    if (sleepers_.empty() || searching_.exchange(true))
      return;
    auto longest = sleepers_.begin(); // who has just lain down is slow to get up again
    if (*longest == lookout_.load() && sleepers_.size() > 1)
      ++longest; // the lookout is needed where it is
    m = *longest;
    leave_bed(longest);
  }
  m->bed_.unpark();
}

/// Ends the search, if there was one, and sleeps until somebody wakes this thread up to search.
/// Returns false if it found work before it fell asleep.
bool crew::sleep(member& m, bool searching) {
  auto since = m.bed_.ready();
  bool last = false;
  bool watching = false;
  {
    std::lock_guard lock{sleepers_lock_};
    last = sleepers_.size() + 1 == members_.size();
    watching = !last && !lookout_.load();
    sleepers_.push_back(&m);
    if (watching)
      lookout_.store(&m);
    sleeping_.store(sleepers_.size());
  }
  if (searching)
    searching_.store(false);
  if (last)
    publish_handed(true); // without a lookout, there must be none
  if (work_in_sight() && get_up(m))
    return false;
  for (;;) {
    auto alarm = watching ? clock::now() + watch : never;
    m.bed_.park(since, alarm);
    if (m.bed_.ready() != since)
      return true;
    if (watching && clock::now() >= alarm)
      watching = keep_watch(m);
  }
}

/// Leaves the sleepers. Returns false if somebody is about to wake this one up.
bool crew::get_up(member& m) {
  std::lock_guard lock{sleepers_lock_};
  auto place = std::ranges::find(sleepers_, &m);
  if (place == sleepers_.end())
    return false;
  leave_bed(place);
  return true;
}

/// Under the lock of the sleepers.
void crew::leave_bed(std::vector<member*>::iterator sleeper) {
  if (*sleeper == lookout_.load())
    lookout_.store(nullptr);
  sleepers_.erase(sleeper);
  sleeping_.store(sleepers_.size());
}

/// Looks after the others. Returns false if there is nobody to look after: all sleep.
bool crew::keep_watch(member& m) {
  bool all_asleep = false;
  {
    std::lock_guard lock{sleepers_lock_};
    all_asleep = lookout_.load() == &m && sleepers_.size() == members_.size();
    if (all_asleep)
      lookout_.store(nullptr);
  }
  publish_handed(all_asleep);
  return !all_asleep;
}

/// Moves jobs that were handed over to where everybody finds them: all, or those that are overdue.
void crew::publish_handed(bool all) {
  bool found = false;
  for (auto& m : members_)
    if (auto* j = all ? take_handed(*m) : take_overdue(*m)) {
      shared_.push(j);
      found = true;
    }
  if (found)
    wake_one();
}

// -- the end ------------------------------------------------------------------------------------------

crew::job crew::left_by(member& m) {
  auto* j = take_handed(m);
  return j ? j : m.own_.pop();
}

} // namespace mailroom::detail

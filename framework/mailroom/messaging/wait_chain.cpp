#include "mailroom/messaging/wait_chain.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "mailroom/error.hpp"
#include "mailroom/messaging/agent_core.hpp"

namespace mailroom::detail {

namespace {

/// Who waits for what. Never destroyed: agents may end after everything else.
struct registry {
  std::mutex mutex;
  std::vector<waiting_thread*> threads; // guarded by mutex
  std::atomic<int> count{0};            // of threads, for those who only want to know whether any
};

registry& all() {
  static auto& only = *new registry;
  return only;
}

} // namespace

/// The one it waits for, if it still does. Under the lock.
wait_node* wait_node::next() const noexcept {
  if (!waits_for_.to)
    return nullptr;
  auto& [done, has_room] = waits_for_.until;
  bool over = (done && done->done()) || (has_room && has_room->may_have_room());
  return over ? nullptr : waits_for_.to;
}

/// Room that was there for a moment may close a ring for a moment: who waited for it wakes up, and
/// is told. Whoever follows a chain meanwhile stops somewhere.
constexpr int longest_chain = 1000;

/// What `node` waits for in the end. Under the lock.
wait_node& end_of_chain(wait_node& node) noexcept {
  auto* n = &node;
  for (int i = 0; i < longest_chain; ++i)
    if (auto* next = n->next())
      n = next;
    else
      break;
  return *n;
}

/// Whether `from` waits for `node`, or has just ceased to. Under the lock.
bool leads_to(const wait_node& from, const wait_node& node) noexcept {
  auto* n = &from;
  for (int i = 0; n && n != &node && i < longest_chain; ++i)
    n = n->waits_for_.to;
  return n == &node;
}

// -- wait_note ----------------------------------------------------------------------------------------

wait_note::wait_note(std::vector<wait_node*> waiting, wait_node& awaited, wait_end until)
  : waiting_(std::move(waiting)) {
  if (waiting_.empty())
    return;
  before_.reserve(waiting_.size());
  std::lock_guard lock{all().mutex};
  std::string text{waiting_.front()->name()};
  auto* node = &awaited;
  for (int i = 0; node && i < longest_chain; ++i, node = node->next()) {
    text.append(node == &awaited ? " waits for " : ", which waits for ").append(node->name());
    if (std::ranges::find(waiting_, node) != waiting_.end())
      throw would_deadlock("waiting would never end: " + text);
  }
  for (auto* w : waiting_)
    before_.push_back(std::exchange(w->waits_for_, {&awaited, until}));
  // Those who wait for one of these can help somebody else now.
  for (auto* t : all().threads)
    if (leads_to(t->awaited(), awaited))
      t->wake();
}

wait_note::~wait_note() {
  if (waiting_.empty())
    return;
  std::lock_guard lock{all().mutex};
  for (std::size_t i = 0; i < waiting_.size(); ++i)
    waiting_[i]->waits_for_ = before_[i];
}

// -- waiting_thread -----------------------------------------------------------------------------------

void wake_those_who_wait_for(wait_node& node) noexcept {
  if (all().count.load(std::memory_order_seq_cst) == 0)
    return;
  std::lock_guard lock{all().mutex};
  for (auto* t : all().threads)
    if (leads_to(t->awaited(), node))
      t->wake();
}

waiting_thread::waiting_thread(wait_node& awaited) : awaited_(awaited) {
  std::lock_guard lock{all().mutex};
  all().threads.push_back(this);
  all().count.fetch_add(1, std::memory_order_seq_cst);
}

waiting_thread::~waiting_thread() {
  std::lock_guard lock{all().mutex};
  std::erase(all().threads, this);
  all().count.fetch_sub(1, std::memory_order_seq_cst);
}

bool waiting_thread::help(const shared_state* until) noexcept {
  agent_core* last;
  {
    std::lock_guard lock{all().mutex};
    last = end_of_chain(awaited_).as_agent();
    if (!last)
      return false;
    last->ref(); // who waits for it may go once the lock is free
  }
  bool helped = last->help(until);
  last->unref();
  return helped;
}

} // namespace mailroom::detail

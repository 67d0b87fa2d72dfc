#include "mailroom/explore/actor_world.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "mailroom/explore/actor_visitor.hpp"
#include "mailroom/explore/ensure.hpp"

namespace mailroom::explore {

namespace {

/// Leaves the scenario when somebody has failed. No std::exception: nobody shall catch it.
struct curtain {};

} // namespace

actor_world::actor_world(std::function<void(stage&)> scenario,
                         std::shared_ptr<actor_experiment> shared, const options& o,
                         const recording& keep)
  : scenario_(std::move(scenario)), shared_(std::move(shared)), options_(o), keep_(keep) {}

actor_world::~actor_world() = default;

// -- the run --------------------------------------------------------------------------------------

void actor_world::run(const chooser& next) {
  detail::visit visit;
  home_ = std::this_thread::get_id();
  system_.emplace(shared_->config);
  scheduler_ = dynamic_cast<actor_scheduler*>(&system_->scheduler());
  latest_ = system_->latest_actor_id();
  next_ = &next;
  try {
    play();
  } catch (...) {
    strike();
    throw;
  }
  strike();
  if (!refusal_.empty())
    throw refused(refusal_);
}

void actor_world::play() {
  try {
    stage here{*this};
    scenario_(here);
    perform();
    check(at_the_end_);
  } catch (const curtain&) {
    return;
  } catch (...) {
    fail_with(std::current_exception(), "");
  }
  if (!failed())
    end_ = ending::fine;
}

void actor_world::perform() {
  if (performing_)
    throw refused(name_of(moving_) + " performs what is being performed");
  look_for_strangers();
  performing_ = true;
  while (!failed()) {
    auto possible = open();
    if (possible.empty())
      break;
    if (auto chosen = (*next_)(possible))
      take(*chosen);
    else
      fail(ending::cut, "");
  }
  performing_ = false;
  moving_ = outside;
  if (!failed())
    if (auto text = who_waits(); !text.empty())
      fail(ending::deadlock, text);
  if (failed())
    throw curtain{};
}

caf::message actor_world::reply_of(const caf::strong_actor_ptr& actor, caf::message content) {
  auto asked = std::find_if(cast_.begin(), cast_.end(), [&](auto& m) { return m.handle == actor; });
  if (performing_ || asked == cast_.end())
    throw refused("only the scenario can ask here, and only actors on its stage");
  caf::actor_config config;
  auto& sys = *system_;
  auto visitor = caf::make_actor<actor_visitor, caf::strong_actor_ptr>(sys.next_actor_id(),
                                                                       sys.node(), &sys, config);
  ++latest_;
  auto& reply = static_cast<actor_visitor*>(caf::actor_cast<caf::abstract_actor*>(visitor))->reply;
  auto told_so_far = history_.size();
  moving_ = static_cast<int>(asked - cast_.begin()) + 1;
  asked->actor->receive(
    caf::make_mailbox_element(visitor, caf::make_message_id(1), {}, std::move(content)));
  settle();
  while (!reply && !in_transit_.empty()) // it had to ask others
    deliver_next_of(line_of(in_transit_.front()));
  moving_ = outside;
  history_.erase(history_.begin() + static_cast<std::ptrdiff_t>(told_so_far), history_.end());
  if (!reply)
    throw std::runtime_error(asked->name + " does not answer");
  if (reply->match_elements<caf::error>())
    throw std::runtime_error(asked->name + " answers: " + sys.render(reply->get_as<caf::error>(0)));
  return std::move(*reply);
}

/// Sends all home. Nobody may be left when the system goes, or it would wait for them for ever.
void actor_world::strike() {
  over_ = true;
  in_transit_.clear();
  always_.clear();
  at_the_end_.clear();
  for (auto& m : cast_)
    if (m.actor)
      std::exchange(m.actor, nullptr)->put_down();
  system_->clock().cancel_all();
  constexpr std::size_t enough = 1000; // strangers may go on for ever
  scheduler_->run(enough);
  for (auto& m : cast_)
    m.handle = nullptr;
  if (system_->detached_actors() > 0 || system_->registry().running() > 0) {
    // There is no way to end a stranger. What it uses has to stay, for ever.
    static std::mutex mutex;
    static auto& lost = *new std::vector<std::shared_ptr<actor_world>>; // guarded by mutex
    std::lock_guard lock{mutex};
    lost.push_back(shared_from_this());
    return;
  }
  observed_.clear();
  scheduler_ = nullptr;
  system_.reset();
}

// -- steps ----------------------------------------------------------------------------------------

std::vector<choice> actor_world::open() const {
  std::vector<choice> found;
  for (auto& l : in_transit_) {
    choice c{.who = line_of(l), .on = static_cast<std::uint32_t>(l.to)};
    c.touches_all = shared_->order_matters;
    if (std::find(found.begin(), found.end(), c) == found.end()) // the first of its line
      found.push_back(c);
  }
  std::sort(found.begin(), found.end(), [](auto& a, auto& b) { return a.who < b.who; });
  auto alarms = static_cast<int>(scheduler_->clock().due_next());
  for (int i = 0; i < alarms; ++i)
    found.push_back({.who = clock_line, .alternative = i, .touches_all = true});
  return found;
}

void actor_world::take(const choice& c) {
  if (c.who != clock_line) {
    deliver_next_of(c.who);
    return;
  }
  moving_ = clock_line;
  scheduler_->clock().go_off(static_cast<std::size_t>(c.alternative));
  bool delivered = false;
  while (!failed() && deliver_next_of(clock_line))
    delivered = true;
  if (!delivered && keep_.history)
    history_.push_back({name_of(clock_line), "nobody is there any more", "", "", false});
}

/// Lets an actor handle the first message of a line. Returns whether there was one.
bool actor_world::deliver_next_of(int line) {
  auto first = std::find_if(in_transit_.begin(), in_transit_.end(),
                            [&](auto& l) { return line_of(l) == line; });
  if (first == in_transit_.end())
    return false;
  auto [from, to, message] = std::move(*first);
  in_transit_.erase(first);
  if (keep_.history)
    history_.push_back({name_of(to), in_words(*message, names()), name_of(from), "", true});
  moving_ = to;
  at(to).actor->receive(std::move(message));
  settle();
  look_for_writers();
  check(always_);
  return true;
}

/// Runs whoever has something to do, and nobody has but the one that moves.
void actor_world::settle() {
  while (!has_strangers() && scheduler_->try_run_once()) {
  }
  look_for_strangers();
}

/// Notes who has changed what is observed. If actors meet there, their messages may not change
/// places, and which of them do is known too late.
void actor_world::look_for_writers() {
  for (auto& o : observed_) {
    auto now = o.imprint_of(o.value.get());
    if (now == o.last)
      continue;
    o.last = now;
    auto by_others = [this](int writer) { return writer != outside && writer != moving_; };
    if (by_others(std::exchange(o.writer, moving_))
        || (!always_.empty() && by_others(last_writer_)))
      shared_->order_matters = true;
    last_writer_ = moving_;
  }
}

// -- strangers ------------------------------------------------------------------------------------

bool actor_world::has_strangers() const {
  return system_->latest_actor_id() != latest_;
}

void actor_world::look_for_strangers() {
  if (has_strangers())
    refuse(name_of(moving_)
           + " makes an actor of its own, which nobody can control: spawn all of "
             "them on the stage, and none with a thread of its own");
  else if (intruded_)
    refuse("a message comes from another thread");
}

void actor_world::refuse(std::string why) {
  if (refusal_.empty())
    refusal_ = std::move(why);
}

// -- what goes wrong ------------------------------------------------------------------------------

void actor_world::fail(ending end, std::string why) {
  if (failed_)
    return;
  failed_ = end_ = end;
  why_ = std::move(why);
}

void actor_world::fail_with(const std::exception_ptr& what, const std::string& prefix) {
  try {
    std::rethrow_exception(what);
  } catch (const refused& e) {
    refuse(e.what());
  } catch (const violated& e) {
    fail(ending::violated, e.what());
  } catch (const std::exception& e) {
    fail(ending::threw, prefix + e.what());
  } catch (...) {
    fail(ending::threw, prefix + "something that is not a std::exception");
  }
}

void actor_world::check(const std::vector<demand>& demands) {
  for (auto& d : demands) {
    if (failed())
      return;
    try {
      if (!d.holds())
        fail(ending::violated, d.otherwise);
    } catch (...) {
      fail_with(std::current_exception(), "");
    }
  }
}

std::string actor_world::who_waits() const {
  std::string text;
  for (auto& m : cast_)
    for (auto reply : m.actor->awaited()) {
      auto* debtor = who_owes(m, reply);
      text += (text.empty() ? "" : "; ") + m.name + " waits for a reply"
              + (debtor ? " of " + name_of(*debtor) : "");
    }
  return text;
}

const int* actor_world::who_owes(const member& waiting, caf::message_id reply) const {
  auto found = asked_.find({waiting.handle->id(), reply.integer_value()});
  return found == asked_.end() ? nullptr : &found->second;
}

// -- what the stage calls -------------------------------------------------------------------------

int actor_world::enter(std::string name) {
  if (performing_)
    throw refused(name + " is spawned by a handler: spawn all actors in the scenario itself");
  if (cast_.size() == most_actors)
    throw refused("more than 26 actors");
  cast_.push_back({std::move(name)});
  return static_cast<int>(cast_.size());
}

void actor_world::begin(int number, caf::strong_actor_ptr handle, performer& actor) {
  ++latest_;
  at(number).handle = std::move(handle);
  at(number).actor = &actor;
  moving_ = number;
  settle();
  moving_ = outside;
}

void actor_world::watch(std::shared_ptr<void> value, imprint (*imprint_of)(const void*)) {
  auto first = imprint_of(value.get());
  if (!first) // it may change with every step
    shared_->order_matters = true;
  observed_.push_back({std::move(value), imprint_of, first});
}

// -- what the actors call -------------------------------------------------------------------------

void actor_world::post(int receiver, caf::mailbox_element_ptr message) {
  if (std::this_thread::get_id() != home_) {
    intruded_ = true;
    return;
  }
  if (over_)
    return;
  if (message->mid.is_request() && has_strangers()) {
    // A scoped actor waits for the reply on this very thread: it would never come.
    look_for_strangers();
    throw refused(refusal_);
  }
  if (message->mid.is_request() && message->sender)
    asked_[{message->sender->id(), message->mid.response_id().integer_value()}] = receiver;
  in_transit_.push_back({moving_, receiver, std::move(message)});
}

void actor_world::threw(int who, const std::exception_ptr& what) {
  fail_with(what, name_of(who) + " threw: ");
}

void actor_world::unexpected(int who, const caf::type_erased_tuple& message) {
  fail(ending::threw,
       name_of(who) + " got an unexpected message (" + in_words(message, names()) + ")");
}

// -- for those who look ---------------------------------------------------------------------------

std::vector<std::string> actor_world::cast() const {
  std::vector<std::string> names;
  for (auto& m : cast_)
    names.push_back(m.name);
  return names;
}

std::string actor_world::letters(const choice& c) const {
  if (c.who == clock_line)
    return c.alternative == 0 ? "t" : "t" + std::to_string(c.alternative);
  auto letter = [](int who) { return who == outside ? 's' : static_cast<char>('A' + who - 1); };
  if (options_.semantics == node)
    return {letter(c.who)};
  return {letter(c.who / wide), letter(c.who % wide)};
}

int actor_world::line_of(const letter& l) const {
  return options_.semantics == node || l.from == clock_line ? l.from : l.from * wide + l.to;
}

std::string actor_world::name_of(int who) const {
  if (who == clock_line)
    return "clock";
  return who == outside ? "scenario" : at(who).name;
}

actor_names actor_world::names() const {
  actor_names found;
  for (auto m = cast_.rbegin(); m != cast_.rend(); ++m) // 12 before 2
    found.emplace_back(to_string(m->handle), m->name);
  return found;
}

std::uint64_t actor_world::state() const {
  std::hash<std::string> hash;
  imprint all = no_imprint;
  auto known = names();
  for (auto& o : observed_)
    all = mixed(all, o.imprint_of(o.value.get()).value_or(0));
  std::vector<const letter*> lines;
  for (auto& l : in_transit_)
    lines.push_back(&l);
  std::stable_sort(lines.begin(), lines.end(),
                   [this](auto* a, auto* b) { return line_of(*a) < line_of(*b); });
  for (auto* l : lines) {
    all = mixed(all, static_cast<std::uint64_t>(line_of(*l) * wide + l->to));
    all = mixed(all, hash(in_words(*l->message, known)));
  }
  for (auto& m : cast_)
    for (auto reply : m.actor->awaited()) {
      auto* debtor = who_owes(m, reply);
      all = mixed(all, hash(m.name));
      all = mixed(all, debtor ? static_cast<std::uint64_t>(*debtor) : 0);
    }
  for (auto& [due, alarm] : scheduler_->clock().schedule())
    all = mixed(all, static_cast<std::uint64_t>((due - scheduler_->clock().now()).count()));
  return *all;
}

} // namespace mailroom::explore

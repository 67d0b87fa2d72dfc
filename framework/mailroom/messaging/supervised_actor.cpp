#include "mailroom/messaging/supervised_actor.hpp"

#include <iterator>
#include <mutex>

#include "mailroom/future/failure.hpp"

namespace mailroom::detail {

// -- the place ----------------------------------------------------------------------------------------

void supervised_place::enqueue(caf::mailbox_element_ptr message, caf::execution_unit* on) {
  {
    // Under the lock, so that the actor of the moment leaves all it was sent.
    std::lock_guard lock{lock_};
    if (now_)
      return now_->enqueue(std::move(message), on);
    if (!closed_) {
      kept_.push_back(std::move(message));
      return;
    }
  }
  bounce(message);
}

void supervised_place::on_destroy() {
  if (!getf(is_cleaned_up_flag))
    close(caf::exit_reason::unreachable);
  monitorable_actor::on_destroy();
}

void supervised_place::enter(caf::actor_id who) noexcept {
  std::lock_guard lock{lock_};
  who_ = who;
  order_ = order::none;
}

void supervised_place::begin(caf::strong_actor_ptr now) {
  std::lock_guard lock{lock_};
  if (who_ != now->id())
    return; // it has ended already
  for (auto& message : kept_)
    now->enqueue(std::move(message), nullptr);
  kept_.clear();
  now_ = std::move(now);
}

void supervised_place::vacate(caf::actor_id who) noexcept {
  caf::strong_actor_ptr old; // let go outside of the lock
  std::lock_guard lock{lock_};
  if (who_ == who)
    old.swap(now_);
}

void supervised_place::leave(caf::actor_id who, mail unread, const caf::error& why,
                             std::exception_ptr what) {
  order told;
  {
    std::lock_guard lock{lock_};
    if (now_) { // it was abandoned, and its successor is there
      for (auto& message : unread)
        now_->enqueue(std::move(message), nullptr);
      return;
    }
    kept_.insert(kept_.begin(), std::make_move_iterator(unread.begin()),
                 std::make_move_iterator(unread.end()));
    if (std::exchange(who_, caf::invalid_actor_id) != who)
      return;
    told = order_;
  }
  bool by_itself = !why || why == caf::exit_reason::user_shutdown;
  if (by_itself || told == order::end) {
    close(why == caf::exit_reason::kill ? caf::exit_reason::user_shutdown : why);
    report_->ended();
  } else if (told == order::halt) {
    report_->halted();
  } else {
    auto reason = what ? describe(what) : home_system().render(why);
    report_->failed(std::move(what), std::move(reason));
  }
}

void supervised_place::dismiss(order why) {
  caf::strong_actor_ptr now;
  bool empty;
  {
    std::lock_guard lock{lock_};
    order_ = why;
    now = now_;
    empty = who_ == caf::invalid_actor_id;
  }
  if (now) {
    caf::anon_send_exit(now, caf::exit_reason::kill);
  } else if (empty && why == order::end) {
    close(caf::exit_reason::user_shutdown);
    report_->ended();
  }
}

void supervised_place::abandon() {
  caf::strong_actor_ptr old;
  {
    std::lock_guard lock{lock_};
    if (std::exchange(who_, caf::invalid_actor_id) == caf::invalid_actor_id)
      return; // it has ended meanwhile
    old.swap(now_);
    if (order_ == order::halt)
      return report_->halted();
  }
  close(caf::exit_reason::user_shutdown);
  report_->ended();
}

/// Takes no more mail, and tells those who wait or watch.
void supervised_place::close(caf::error why) {
  std::deque<caf::mailbox_element_ptr> dropped;
  {
    std::lock_guard lock{lock_};
    closed_ = true;
    dropped.swap(kept_);
  }
  for (auto& message : dropped)
    bounce(message, why);
  cleanup(std::move(why), nullptr);
}

// -- the child ----------------------------------------------------------------------------------------

actor_child::actor_child(caf::actor_system& sys, supervised_place::starter start, bool own_thread)
  : start_(std::move(start)), own_thread_(own_thread) {
  caf::actor_config config;
  place_ = supervised_place_ptr{caf::make_actor<supervised_place, caf::strong_actor_ptr>(
    sys.next_actor_id(), sys.node(), &sys, config)};
}

bool actor_child::abandon() noexcept {
  place_->abandon();
  return true;
}

// -- the mail -----------------------------------------------------------------------------------------

namespace {

struct collector {
  caf::strong_actor_ptr self;
  supervised_place::mail& unread;

  bool was_its_own(const caf::mailbox_element& message) const {
    auto& content = message.content();
    if (message.mid.is_response() || message.sender == self)
      return true;
    if (content.match_elements<caf::exit_msg>())
      return content.get_as<caf::exit_msg>(0).reason == caf::exit_reason::kill;
    return content.match_elements<caf::timeout_msg>() || content.match_elements<caf::down_msg>();
  }

  caf::intrusive::task_result operator()(caf::mailbox_element& message) {
    if (!was_its_own(message))
      unread.push_back(caf::make_mailbox_element(std::move(message.sender), message.mid,
                                                 std::move(message.stages),
                                                 message.move_content_to_message()));
    return caf::intrusive::task_result::resume;
  }

  /// CAF's mailbox is a queue of queues; each puts itself before the message.
  template <class Key, class Queue, class... Rest>
  caf::intrusive::task_result operator()(const Key&, const Queue&, Rest&... rest) {
    return (*this)(rest...);
  }
};

} // namespace

supervised_place::mail take_unread(caf::scheduled_actor& from) {
  supervised_place::mail unread;
  if (from.mailbox().closed())
    return unread;
  from.mailbox().close();
  from.get_normal_queue().flush_cache();
  from.get_urgent_queue().flush_cache();
  collector collect{from.ctrl(), unread};
  constexpr int at_once = 1000;
  while (from.mailbox().queue().new_round(at_once, collect).consumed_items > 0) {
  }
  return unread;
}

} // namespace mailroom::detail

#include "mailroom/messaging/tape.hpp"

namespace mailroom::detail {

void tape::add_block() {
  auto* b = new block;
  if (last_)
    last_->next = b;
  else
    first_ = b;
  last_ = b;
}

tape::place tape::reader::end(tape& t) noexcept {
  if (!t.last_)
    return {};
  if (!at_.at)
    at_ = {t.first_, 0};
  return {t.last_, t.last_->used};
}

/// Goes past the next message, and returns it.
tape::record& tape::reader::next(const place& end) noexcept {
  if (at_.at != end.at && at_.offset == at_.at->used) { // there, nobody writes any more
    auto* next = at_.at->next;
    delete at_.at;
    at_ = {next, 0};
  }
  auto& r = *std::launder(reinterpret_cast<record*>(at_.at->bytes + at_.offset));
  at_.offset += r.of->record_size;
  return r;
}

void tape::reader::end_next(const place& end, agent_core* on,
                            const std::exception_ptr* why) noexcept {
  auto& r = next(end);
  r.of->end(r.message(), on, why);
}

void tape::reader::take(tape& t, loose& to) noexcept {
  auto last = end(t);
  if (at_end(last))
    return;
  auto& r = next(last);
  to.of_ = r.of;
  r.of->move(r.message(), to.bytes_);
}

void tape::reader::shrink(tape& t) noexcept {
  if (!at_end(end(t)))
    return;
  delete t.last_;
  t.first_ = t.last_ = nullptr;
  at_ = {};
}

} // namespace mailroom::detail

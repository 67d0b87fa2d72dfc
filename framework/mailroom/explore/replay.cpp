#include "mailroom/explore/replay.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

namespace mailroom::explore {

namespace {

/// Chooses what a text says, and goes on by itself when there is none left.
class reader {
public:
  reader(std::string_view text, const execution& of, int max_steps)
    : text_(text), of_(of), max_steps_(max_steps) {}

  std::optional<choice> next(const std::vector<choice>& open) {
    turn();
    if (circle_closed_ || (at_end() && steps_ >= max_steps_))
      return std::nullopt;
    auto c = pick(open);
    if (!c)
      return std::nullopt;
    ++steps_;
    last_ = c->who;
    return c;
  }

  bool at_end() const { return at_ == text_.size(); }

  /// Whether the circle was driven often enough, and was one.
  bool circle_closed() const { return circle_closed_; }

  /// Where in the history the first lap begins, and where it ends.
  const std::pair<std::size_t, std::size_t>& first_lap() const { return lap_; }

  /// Why it has stopped, if it did not fit.
  const std::string& complaint() const { return complaint_; }

  std::string place() const {
    return "step " + std::to_string(read_ + 1) + " of '" + std::string(text_) + "'";
  }

private:
  /// Goes through brackets: into the circle, back to its begin, or out of it.
  void turn() {
    if (rest().starts_with('(')) {
      circle_ = ++at_;
      first_ = read_;
      state_ = of_.state();
      progress_ = of_.progress();
      lap_.first = of_.history().size();
    }
    if (circle_ == 0 || !rest().starts_with(")*"))
      return;
    if (laps_ == 0)
      lap_.second = of_.history().size();
    if (of_.state() != state_ || of_.progress() != progress_) {
      complain(place() + ": the circle does not close: something is different after lap "
               + std::to_string(laps_ + 1));
    } else if (++laps_ == laps) {
      circle_closed_ = true;
    } else {
      at_ = circle_;
      read_ = first_;
    }
  }

  std::optional<choice> pick(const std::vector<choice>& open) {
    if (!complaint_.empty())
      return std::nullopt;
    if (open.size() == 1 && of_.letters(open.front()) == "m")
      return open.front(); // is not written
    return at_end() ? go_on(open) : wanted(open);
  }

  /// The step the text says: of those that fit, the one with most letters.
  std::optional<choice> wanted(const std::vector<choice>& open) {
    const choice* best = nullptr;
    std::size_t length = 0;
    for (auto& c : open) {
      auto letters = of_.letters(c);
      if (letters.size() > length && rest().starts_with(letters)) {
        best = &c;
        length = letters.size();
      }
    }
    at_ += length;
    read_ += best ? 1 : 0;
    if (best)
      return *best;
    std::set<std::string> who;
    for (auto& c : open)
      who.insert(of_.letters(c));
    std::string names;
    for (auto& w : who)
      names += (names.empty() ? "" : ", ") + w;
    complain(place() + " does not fit: only " + names + " can move there");
    return std::nullopt;
  }

  choice go_on(const std::vector<choice>& open) const {
    auto same = std::find_if(open.begin(), open.end(), [&](auto& c) { return c.who == last_; });
    return same == open.end() ? open.front() : *same;
  }

  std::string_view rest() const { return text_.substr(at_); }

  void complain(std::string what) {
    if (complaint_.empty())
      complaint_ = std::move(what);
  }

  std::string_view text_;
  const execution& of_;
  const int max_steps_;
  std::size_t at_ = 0;
  int read_ = 0;           // steps of the text
  std::size_t circle_ = 0; // where it begins; 0: it has not been reached
  int first_ = 0;          // steps before it
  int laps_ = 0;
  std::pair<std::size_t, std::size_t> lap_;
  std::uint64_t state_ = 0;
  std::uint64_t progress_ = 0;
  bool circle_closed_ = false;
  int steps_ = 0;
  int last_ = -1;
  std::string complaint_;
};

} // namespace

run follow(const experiment& make, std::string_view schedule, const options& o) {
  bool circle = schedule.find('(') != std::string_view::npos;
  if (circle && (!schedule.ends_with(")*") || schedule.ends_with("()*")))
    throw schedule_error("'" + std::string(schedule) + "' opens a circle that does not end in )*");
  auto e = make({.history = true, .states = circle});
  reader letters{schedule, *e, o.max_steps};
  e->run([&](const std::vector<choice>& open) { return letters.next(open); });
  if (!letters.complaint().empty())
    throw schedule_error(letters.complaint());
  if (!letters.at_end() && !letters.circle_closed())
    throw schedule_error(letters.place() + " does not fit: the run is over");
  run r;
  r.end = letters.circle_closed() ? ending::livelock : e->end();
  r.why = letters.circle_closed() ? "nobody gets on, however often they go round" : e->why();
  r.replay = schedule;
  r.history = e->history();
  if (letters.circle_closed()) {
    auto [begin, end] = letters.first_lap();
    r.back_to = begin + 1;
    r.history.resize(end);
  }
  r.cast = e->cast();
  return r;
}

} // namespace mailroom::explore

#include "mailroom/explore/replay.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "mailroom/explore/ensure.hpp"

namespace mailroom::explore {

namespace {

/// Reads a schedule letter by letter.
class reader {
public:
  explicit reader(std::string_view schedule) : text_(schedule) {}

  bool at_end() const { return at_ == text_.size(); }
  bool at_main() const { return !at_end() && text_[at_] == 'm'; }
  std::size_t position() const { return at_ + 1; }

  choice next() {
    choice c{0, 0};
    char letter = text_[at_];
    if (letter >= 'A' && letter <= 'Z')
      c.thread = letter - 'A' + 1;
    else if (letter != 'm')
      throw schedule_error("step " + std::to_string(position()) + " of '" + std::string(text_)
                           + "': '" + letter + "' names no thread");
    ++at_;
    if (!at_end() && std::isdigit(static_cast<unsigned char>(text_[at_])))
      c.alternative = text_[at_++] - '0';
    return c;
  }

private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::string letter_of(int thread) {
  return thread == 0 ? "m" : std::string(1, static_cast<char>('A' + thread - 1));
}

/// Returns the step to take, or nothing if the schedule asks for one that is not there.
std::optional<choice> pick(const std::vector<choice>& open, reader& schedule, int last) {
  bool only_main = open.size() == 1 && open.front().thread == 0;
  if (only_main && !schedule.at_main())
    return open.front();
  if (!schedule.at_end()) {
    choice wanted = schedule.next();
    if (std::find(open.begin(), open.end(), wanted) == open.end())
      return std::nullopt;
    return wanted;
  }
  auto same = std::find_if(open.begin(), open.end(), [&](auto& c) { return c.thread == last; });
  return same == open.end() ? open.front() : *same;
}

replayed conclude(const thread_world& world) {
  using ending = replayed::ending;
  replayed result{ending::fine, "", world.history()};
  if (!world.failure()) {
    if (!world.all_ended()) {
      result.end = ending::deadlock;
      result.why = world.who_waits();
    }
    return result;
  }
  try {
    std::rethrow_exception(world.failure());
  } catch (const violated& e) {
    result.end = ending::violated;
    result.why = e.what();
  } catch (const std::exception& e) {
    result.end = ending::threw;
    result.why = e.what();
  } catch (...) {
    result.end = ending::threw;
    result.why = "something that is not a std::exception";
  }
  return result;
}

} // namespace

replayed replay(std::function<void()> scenario, std::string_view schedule) {
  thread_world world{std::move(scenario)};
  reader letters{schedule};
  int last = -1;
  for (auto open = world.choices(); !open.empty(); open = world.choices()) {
    auto position = letters.position();
    auto next = pick(open, letters, last);
    if (!next) {
      std::string who;
      for (auto& c : open)
        who += (who.empty() ? "" : ", ") + letter_of(c.thread);
      throw schedule_error("step " + std::to_string(position) + " of '" + std::string(schedule)
                           + "' does not fit: only " + who + " can move there");
    }
    last = next->thread;
    world.take(*next);
  }
  if (!letters.at_end())
    throw schedule_error("step " + std::to_string(letters.position()) + " of '"
                         + std::string(schedule) + "' does not fit: the run is over");
  return conclude(world);
}

} // namespace mailroom::explore

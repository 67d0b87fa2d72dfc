#include "mailroom/explore/actor_messages.hpp"

#include <cstddef>

namespace mailroom::explore {

namespace {

std::string in_words(const caf::error& e) {
  if (!e) // then CAF's category() reads what is not there
    return "normal";
  if (e.category() == caf::atom("system"))
    return to_string(static_cast<caf::sec>(e.code()));
  if (e.category() == caf::atom("exit"))
    return to_string(static_cast<caf::exit_reason>(e.code()));
  return to_string(e.category()) + " " + std::to_string(e.code());
}

std::string in_words(const caf::type_erased_tuple& content, std::size_t at) {
  if (content.match_element<caf::atom_value>(at))
    return to_string(content.get_as<caf::atom_value>(at));
  if (content.match_element<caf::error>(at))
    return "error " + in_words(content.get_as<caf::error>(at));
  if (content.match_element<caf::exit_msg>(at)) {
    auto& exit = content.get_as<caf::exit_msg>(at);
    return "exit " + to_string(exit.source) + " " + in_words(exit.reason);
  }
  if (content.match_element<caf::down_msg>(at)) {
    auto& down = content.get_as<caf::down_msg>(at);
    return "down " + to_string(down.source) + " " + in_words(down.reason);
  }
  if (content.match_element<caf::timeout_msg>(at))
    return "timeout";
  return content.stringify(at);
}

std::string with_names(std::string text, const actor_names& names) {
  for (auto& [handle, name] : names)
    for (auto at = text.find(handle); at != std::string::npos; at = text.find(handle, at)) {
      text.replace(at, handle.size(), name);
      at += name.size();
    }
  return text;
}

} // namespace

std::string in_words(const caf::type_erased_tuple& content, const actor_names& names) {
  std::string text;
  for (std::size_t i = 0; i < content.size(); ++i)
    text += (text.empty() ? "" : " ") + in_words(content, i);
  return with_names(std::move(text), names);
}

std::string in_words(const caf::mailbox_element& message, const actor_names& names) {
  auto text = in_words(message.content(), names);
  if (!message.mid.is_response() || message.content().match_elements<caf::error>())
    return text;
  return text.empty() ? "reply" : "reply " + text;
}

} // namespace mailroom::explore

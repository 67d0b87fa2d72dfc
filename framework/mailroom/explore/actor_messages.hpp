#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "mailroom/caf.hpp"

namespace mailroom::explore {

/// How handles look in CAF's text, and how the scenario calls them.
using actor_names = std::vector<std::pair<std::string, std::string>>;

/// Returns what a message says, for people: "put 3", "reply 3", "error request_receiver_down".
std::string in_words(const caf::mailbox_element& message, const actor_names& names);

/// Returns the same of its content alone.
std::string in_words(const caf::type_erased_tuple& content, const actor_names& names);

} // namespace mailroom::explore

#pragma once

#include "actors/messages.hpp"
#include "actors/resource_pair/resource_pair.hpp"

namespace mailroom {

// What editors say to actors that keep copies.

MAILROOM_ATOM(save);
MAILROOM_ATOM(sync);
MAILROOM_ATOM(reserve);

} // namespace mailroom

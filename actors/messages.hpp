#pragma once

#include "mailroom/caf.hpp"

namespace mailroom {

// What the actors of several blocks understand.

MAILROOM_ATOM(acquire);
MAILROOM_ATOM(release);
MAILROOM_ATOM(cancel);
MAILROOM_ATOM(timeout);
MAILROOM_ATOM(wait);
MAILROOM_ATOM(arrive);
MAILROOM_ATOM(partner);

} // namespace mailroom

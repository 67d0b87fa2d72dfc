#pragma once

#include "mailroom/caf.hpp"

namespace mailroom::detail {

/// Makes systems with this configuration run their actors on a `crew`, whatever policy it names.
void use_parking_scheduler(caf::actor_system_config& config);

} // namespace mailroom::detail

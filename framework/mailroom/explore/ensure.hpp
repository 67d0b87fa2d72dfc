#pragma once

#include <string>

#include "mailroom/error.hpp"

namespace mailroom::explore {

/// Thrown by `ensure()`: the scenario found its invariant broken.
class violated : public error {
public:
  using error::error;
};

/// Throws `violated` with `otherwise` if `holds` is false. On real threads and explored alike.
inline void ensure(bool holds, const std::string& otherwise) {
  if (!holds)
    throw violated(otherwise);
}

} // namespace mailroom::explore

#pragma once

#include "mailroom/error.hpp"

namespace mailroom::compare {

/// Somebody asked on the command line for what is not there; the exit code is 2.
class usage_error : public error {
public:
  using error::error;
};

} // namespace mailroom::compare

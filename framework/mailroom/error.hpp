#pragma once

#include <stdexcept>

namespace mailroom {

/// The base of every exception mailroom throws, except for wrong arguments, which throw
/// `std::invalid_argument`.
class error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Time ran out before an answer came.
class timeout_error : public error {
public:
  using error::error;
};

/// An actor system was asked for something it cannot do.
class system_error : public error {
public:
  using error::error;
};

} // namespace mailroom

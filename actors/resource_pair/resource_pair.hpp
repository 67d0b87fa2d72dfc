#pragma once

#include <functional>

namespace mailroom {

/// Hears how far the editors of a pair of copies got: `tell("save", "has local")`. It is called
/// while copies are locked, by whoever locked them.
using progress = std::function<void(const char* who, const char* what)>;

/// For those who need not hear it.
inline const progress untold = [](const char*, const char*) {};

/// What both copies start with.
inline constexpr int first_revision = 1;

} // namespace mailroom

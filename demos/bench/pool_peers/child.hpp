#pragma once

#include <string>
#include <vector>

#include "helper.hpp"

namespace mailroom::benches {

/// Runs a program and returns the number it prints. Throws `std::runtime_error` if it fails.
double number_from(const std::vector<std::string>& command);

} // namespace mailroom::benches

#pragma once

#include <string>
#include <vector>

namespace mailroom::benches {

/// Returns the path of a program that benchmarks run: `../libexec/mailroom/NAME` as seen from this
/// one, or beside it, for those that lie there themselves. Empty if it is not there.
std::string helper(const std::string& name);

/// Runs a program and returns the number it prints. Throws `std::runtime_error` if it fails.
double number_from(const std::vector<std::string>& command);

} // namespace mailroom::benches

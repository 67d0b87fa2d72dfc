#pragma once

#include <string>
#include <vector>

namespace mailroom::compare {

/// The cells of one line.
using table_row = std::vector<std::string>;

/// Returns rows as text, each column as wide as its widest cell.
std::string aligned(const std::vector<table_row>& rows);

} // namespace mailroom::compare

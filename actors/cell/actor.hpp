#pragma once

#include <cstdint>

#include "mailroom/caf.hpp"

namespace mailroom {

/// A value to read and to write by messages: a shared variable in disguise.
///
/// Each message by itself is safe. A client that reads, computes, and writes back is not: between
/// its two messages others do the same. That is the race of the `naive_actor` versions. Give an
/// actor messages that say what shall happen, as `counter_actor` and `account_actor` do.
using cell_actor = caf::typed_actor<      //
  accepts<std::int64_t(get_atom)>,        // tells the value
  accepts<void(put_atom, std::int64_t)>>; // replaces it

struct cell_state {
  std::int64_t value = 0;
  static inline const char* name = "cell";
};

/// The behaviour of a cell: `sys.spawn(cell, 100)`.
cell_actor::behavior_type cell(cell_actor::stateful_pointer<cell_state> self, std::int64_t value);

} // namespace mailroom

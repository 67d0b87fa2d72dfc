#pragma once

namespace mailroom {

/// Returns how many processors this process may really use: by its affinity and by the quota of its
/// control groups; at least 1. `std::thread::hardware_concurrency` knows neither. Looks at files:
/// some microseconds. Any thread may call it.
int usable_processors();

} // namespace mailroom

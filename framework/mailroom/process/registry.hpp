#pragma once

#include <cstdint>
#include <stop_token>
#include <string_view>

#include "mailroom/process/wire.hpp"

namespace mailroom::detail {

/// A function that other processes of this program may be asked to call. Objects of this class have
/// static storage: whoever makes one makes the function known.
class registered_function {
public:
  /// Calls it with what `in` contains, and puts its result, if it has one, into `out`.
  using runner = void (*)(wire::reader& in, wire::writer& out, const std::stop_token& stop);

  /// `stops`: whether it looks at its token.
  registered_function(std::string_view name, runner run, bool stops) noexcept;
  registered_function(const registered_function&) = delete;
  registered_function& operator=(const registered_function&) = delete;

  void run(wire::reader& in, wire::writer& out, const std::stop_token& stop) const {
    run_(in, out, stop);
  }

  bool stops() const noexcept { return stops_; }

  /// Returns its number: the same in all processes of this program. Not before `main`. Throws
  /// `serialization_error` if it came with a library that was loaded later.
  std::uint32_t number() const;

private:
  friend class function_registry;

  static constexpr std::uint32_t unknown = -1;

  std::string_view name_;
  runner run_;
  bool stops_;
  mutable std::uint32_t number_ = unknown;
  registered_function* next_; // of all there are
};

/// Returns the function of a number. Throws `serialization_error` if there is none.
const registered_function& function_of(std::uint32_t number);

/// Returns what tells the functions of this program from those of any other, and from those of
/// another build of it.
std::uint64_t registry_hash();

} // namespace mailroom::detail

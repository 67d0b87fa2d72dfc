#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

namespace mailroom {

/// Is told of an exception that nobody else will hear of, and of what was being done. It must not
/// throw, and may be called by any thread, by several at once.
using failure_handler = std::function<void(std::string_view doing, std::exception_ptr what)>;

/// Replaces the handler for the whole program: exceptions in callbacks of futures go there, and
/// those of executors without a handler of their own. Returns the one before. An empty handler
/// stands for the default, which prints one line to stderr. Any thread may call it.
failure_handler set_failure_handler(failure_handler handler);

/// Returns the text of an exception: type and message. Any thread may call it.
std::string describe(const std::exception_ptr& what);

/// Returns whether an exception is of one of these types, or derived from one. For options that ask
/// which failures are meant: `.worth_it = is_any_of<timeout_error, rejected>`.
template <class... Errors>
bool is_any_of(const std::exception_ptr& what) {
  auto is = [&]<class Error>(std::type_identity<Error>) {
    try {
      std::rethrow_exception(what);
    } catch (const Error&) {
      return true;
    } catch (...) {
      return false;
    }
  };
  return what && (is(std::type_identity<Errors>()) || ...);
}

namespace detail {

/// Tells the handler of the program.
void report_failure(std::string_view doing, const std::exception_ptr& what) noexcept;

/// Tells `handler`, or the handler of the program if it is empty.
void report_failure(const failure_handler& handler, std::string_view doing,
                    const std::exception_ptr& what) noexcept;

/// Returns the name of a type as the source has it.
std::string type_name(const std::type_info& type);

/// Returns the name of the type of an exception.
std::string type_name(const std::exception_ptr& what);

} // namespace detail

} // namespace mailroom

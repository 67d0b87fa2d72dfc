#include "mailroom/future/failure.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <typeinfo>

#include <cxxabi.h>

namespace mailroom {

namespace {

struct handler_of_the_program {
  std::mutex mutex;
  failure_handler handler; // guarded by mutex
};

// Never destroyed: threads may fail while the program ends.
handler_of_the_program& current() {
  static auto& instance = *new handler_of_the_program;
  return instance;
}

void print(std::string_view doing, const std::exception_ptr& what) {
  auto line = "mailroom: " + std::string(doing) + ": " + describe(what) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

} // namespace

failure_handler set_failure_handler(failure_handler handler) {
  auto& c = current();
  std::lock_guard lock{c.mutex};
  std::swap(c.handler, handler);
  return handler;
}

std::string describe(const std::exception_ptr& what) {
  if (!what)
    return "nothing";
  try {
    std::rethrow_exception(what);
  } catch (const std::exception& e) {
    return detail::type_name(what) + ": " + e.what();
  } catch (...) {
    return "an exception of type " + detail::type_name(what);
  }
}

namespace detail {

void report_failure(std::string_view doing, const std::exception_ptr& what) noexcept {
  try {
    failure_handler handler;
    {
      auto& c = current();
      std::lock_guard lock{c.mutex};
      handler = c.handler;
    }
    if (handler)
      handler(doing, what);
    else
      print(doing, what);
  } catch (...) {
    std::fputs("mailroom: a failure could not be reported\n", stderr);
  }
}

void report_failure(const failure_handler& handler, std::string_view doing,
                    const std::exception_ptr& what) noexcept {
  if (!handler)
    return report_failure(doing, what);
  try {
    handler(doing, what);
  } catch (...) {
    report_failure("a failure handler, told of \"" + std::string(doing) + "\"",
                   std::current_exception());
  }
}

std::string type_name(const std::type_info& type) {
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> name{
    abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free};
  return name ? name.get() : type.name();
}

std::string type_name(const std::exception_ptr& what) {
  auto* type = what ? what.__cxa_exception_type() : nullptr;
  auto name = type ? type_name(*type) : "nothing";
  // What std::throw_with_nested throws is of the type it was given, and of one that is its own.
  constexpr std::string_view wrapper = "std::_Nested_exception<";
  if (name.starts_with(wrapper))
    name = name.substr(wrapper.size(), name.size() - wrapper.size() - 1);
  return name;
}

} // namespace detail

} // namespace mailroom

#include "mailroom/process/registry.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

#include <fmt/format.h>

namespace mailroom::detail {

namespace {

constinit registered_function* newest = nullptr; // others are linked from it

} // namespace

/// All functions that are known when `main` begins, in an order that all processes agree on.
class function_registry {
public:
  static const function_registry& get() {
    static const function_registry instance;
    return instance;
  }

  const registered_function& at(std::uint32_t number) const {
    if (number >= functions_.size())
      throw serialization_error(fmt::format("there is no function {}", number));
    return *functions_[number];
  }

  std::uint64_t hash() const noexcept { return hash_; }

private:
  function_registry() {
    for (auto* f = newest; f; f = f->next_)
      functions_.push_back(f);
    // Lambdas of different files may have one name. Where they are in the program tells them apart,
    // wherever the program is in memory.
    std::ranges::sort(functions_, [](auto* a, auto* b) {
      return std::tuple{a->name_, offset(*a)} < std::tuple{b->name_, offset(*b)};
    });
    std::uint32_t number = 0;
    for (auto* f : functions_) {
      f->number_ = number++;
      add(f->name_);
      auto where = offset(*f);
      add({reinterpret_cast<const char*>(&where), sizeof where});
    }
  }

  static std::ptrdiff_t offset(const registered_function& f) {
    return reinterpret_cast<std::intptr_t>(f.run_)
           - reinterpret_cast<std::intptr_t>(&function_registry::offset);
  }

  /// FNV-1a.
  void add(std::string_view bytes) noexcept {
    for (unsigned char c : bytes)
      hash_ = (hash_ ^ c) * 1099511628211u;
  }

  std::vector<const registered_function*> functions_; // by number
  std::uint64_t hash_ = 14695981039346656037u;
};

registered_function::registered_function(std::string_view name, runner run, bool stops) noexcept
  : name_(name), run_(run), stops_(stops), next_(std::exchange(newest, this)) {}

std::uint32_t registered_function::number() const {
  function_registry::get();
  if (number_ == unknown)
    throw serialization_error("workers do not know what was loaded after the program had begun");
  return number_;
}

const registered_function& function_of(std::uint32_t number) {
  return function_registry::get().at(number);
}

std::uint64_t registry_hash() {
  return function_registry::get().hash();
}

} // namespace mailroom::detail

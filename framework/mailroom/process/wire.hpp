#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "mailroom/caf.hpp"
#include "mailroom/error.hpp"
#include "mailroom/process/buffer.hpp"

namespace mailroom {

/// A value could not be turned into bytes, or bytes into a value.
class serialization_error : public error {
public:
  using error::error;
};

} // namespace mailroom

/// How values travel between the processes of one program: as bytes, in the order and size this
/// machine has. What is there, and why it is not CAF's: that one changes floating point numbers
/// (infinity never ends), and takes a hundred times as long for `std::byte`.
///
/// Numbers, enums, strings, containers, pairs, tuples, `std::optional`, `std::variant`,
/// `std::chrono` and whatever has an `inspect` as for CAF's messages.
namespace mailroom::wire {

class writer;
class reader;

namespace detail {

template <class T>
concept plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

template <class T>
concept inspectable = requires(writer& out, reader& in, T& x) {
  inspect(out, x);
  inspect(in, x);
};

template <class T>
concept tuple_like = requires {
  std::tuple_size<T>::value;
}
&&!std::ranges::range<T>;

/// A container that can be emptied, and be filled at its end.
template <class T>
concept fillable = std::ranges::range<T> && requires(T& x, typename T::value_type v) {
  x.clear();
  x.insert(x.end(), std::move(v));
};

/// A range whose elements lie side by side and are nothing but their bytes.
template <class T>
concept block = std::ranges::contiguous_range<T> && plain<
  std::ranges::range_value_t<T>> && !std::same_as<std::ranges::range_value_t<T>, bool>;

template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;

/// Whether a type is made of that template: `is_a<T, std::optional>`.
template <class T, template <class...> class Template>
inline constexpr bool is_a = false;
template <template <class...> class Template, class... T>
inline constexpr bool is_a<Template<T...>, Template> = true;

/// What elements of a container are before they are in it: keys of maps cannot be changed there.
template <class T>
struct loose {
  using type = T;
};
template <class K, class V>
struct loose<std::pair<const K, V>> {
  using type = std::pair<K, V>;
};

template <class T>
constexpr bool can_travel();

template <class T, std::size_t... I>
constexpr bool elements_can_travel(std::index_sequence<I...>) {
  return (can_travel<std::remove_const_t<std::tuple_element_t<I, T>>>() && ...);
}

template <class V, std::size_t... I>
constexpr bool alternatives_can_travel(std::index_sequence<I...>) {
  return (can_travel<std::variant_alternative_t<I, V>>() && ...);
}

template <class T>
constexpr bool can_travel() {
  if constexpr (!std::same_as<T, std::remove_cvref_t<T>> || std::is_pointer_v<T>)
    return false;
  else if constexpr (
    plain<
      T> || std::same_as<T, std::monostate> || is_a<T, std::chrono::duration> || is_a<T, std::chrono::time_point>)
    return true;
  else if constexpr (inspectable<T>)
    return std::default_initializable<T>;
  else if constexpr (is_a<T, std::optional>)
    return can_travel<typename T::value_type>();
  else if constexpr (is_a<T, std::variant>)
    return alternatives_can_travel<T>(std::make_index_sequence<std::variant_size_v<T>>{});
  else if constexpr (tuple_like<T>)
    return elements_can_travel<T>(std::make_index_sequence<std::tuple_size_v<T>>{});
  else if constexpr (is_array<T>)
    return can_travel<typename T::value_type>();
  else if constexpr (fillable<T>)
    return can_travel<typename loose<typename T::value_type>::type>();
  else
    return false;
}

} // namespace detail

/// A type whose values can travel.
template <class T>
concept portable = detail::can_travel<T>();

/// Turns values into bytes. One of CAF's inspectors. Not for several threads at once.
class writer {
public:
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;
  using result_type = caf::error;

  explicit writer(mailroom::detail::buffer& out) : out_(out) {}

  template <class... Values>
  result_type operator()(Values&&... values) {
    (put_or_skip(values), ...);
    return {};
  }

  template <portable T>
  void put(const T& x) {
    using namespace detail;
    if constexpr (plain<T>) {
      out_.append(&x, sizeof x);
    } else if constexpr (std::same_as<T, std::monostate>) {
      put('\0'); // that what is read takes a byte or more
    } else if constexpr (is_a<T, std::chrono::duration>) {
      put(x.count());
    } else if constexpr (is_a<T, std::chrono::time_point>) {
      put(x.time_since_epoch());
    } else if constexpr (inspectable<T>) {
      check(inspect(*this, const_cast<T&>(x))); // that is how CAF's are written
    } else if constexpr (is_a<T, std::optional>) {
      put(x.has_value());
      if (x)
        put(*x);
    } else if constexpr (is_a<T, std::variant>) {
      put_size(x.index());
      std::visit([this](auto& alternative) { put(alternative); }, x);
    } else if constexpr (tuple_like<T>) {
      std::apply([this](auto&... elements) { (put(elements), ...); }, x);
    } else {
      put_elements(x);
    }
  }

private:
  void put_size(std::size_t n) { put(std::uint64_t{n}); }

  template <class T>
  void put_elements(const T& x) {
    if constexpr (!detail::is_array<T>)
      put_size(static_cast<std::size_t>(std::ranges::distance(x)));
    if constexpr (detail::block<T>)
      out_.append(std::ranges::data(x), std::ranges::size(x) * sizeof *std::ranges::data(x));
    else
      for (const std::ranges::range_value_t<T>& element : x)
        put(element);
  }

  template <class T>
  void put_or_skip(T& x) {
    if constexpr (!std::is_base_of_v<caf::meta::annotation, T>)
      put(x);
    else if constexpr (caf::meta::is_save_callback<T>::value)
      check(x.fun());
  }

  static void check(const caf::error& e) {
    if (e)
      throw serialization_error("an inspector refused what it was to write");
  }

  mailroom::detail::buffer& out_;
};

/// Turns bytes into values. One of CAF's inspectors. Throws `serialization_error` where there are
/// too few. Not for several threads at once.
class reader {
public:
  static constexpr bool reads_state = false;
  static constexpr bool writes_state = true;
  using result_type = caf::error;

  explicit reader(std::span<const std::byte> in) : in_(in) {}

  template <class... Values>
  result_type operator()(Values&&... values) {
    (get_or_skip(values), ...);
    return {};
  }

  template <portable T>
  T get() {
    T x{};
    get(x);
    return x;
  }

  template <portable T>
  void get(T& x) {
    using namespace detail;
    if constexpr (std::same_as<T, bool>) {
      x = get<std::uint8_t>() != 0;
    } else if constexpr (plain<T>) {
      take(&x, sizeof x);
    } else if constexpr (std::same_as<T, std::monostate>) {
      get<char>();
    } else if constexpr (is_a<T, std::chrono::duration>) {
      x = T{get<typename T::rep>()};
    } else if constexpr (is_a<T, std::chrono::time_point>) {
      x = T{get<typename T::duration>()};
    } else if constexpr (inspectable<T>) {
      check(inspect(*this, x));
    } else if constexpr (is_a<T, std::optional>) {
      x.reset();
      if (get<bool>())
        x = get<typename T::value_type>();
    } else if constexpr (is_a<T, std::variant>) {
      auto which = get<std::uint64_t>();
      if (!get_alternative(x, which, std::make_index_sequence<std::variant_size_v<T>>{}))
        throw serialization_error("an alternative that does not exist");
    } else if constexpr (tuple_like<T>) {
      std::apply([this](auto&... elements) { (get(elements), ...); }, x);
    } else {
      get_elements(x);
    }
  }

  /// Throws unless all has been read.
  void expect_end() const {
    if (!in_.empty())
      throw serialization_error("more bytes than expected");
  }

private:
  template <class T>
  void get_or_skip(T& x) {
    if constexpr (!std::is_base_of_v<caf::meta::annotation, T>)
      get(x);
    else if constexpr (caf::meta::is_load_callback<T>::value)
      check(x.fun());
  }

  static void check(const caf::error& e) {
    if (e)
      throw serialization_error("an inspector refused what it read");
  }

  template <class T>
  void get_elements(T& x) {
    using element = typename detail::loose<std::ranges::range_value_t<T>>::type;
    if constexpr (detail::is_array<T>) {
      for (auto& e : x)
        get(e);
      return;
    } else {
      auto n = get_size();
      x.clear();
      if constexpr (detail::block<T> && sizeof(element) == 1
                    && requires(const element* p) { x.assign(p, p + n); }) {
        auto* first = reinterpret_cast<const element*>(in_.data());
        x.assign(first, first + n); // there are as many: get_size has looked
        in_ = in_.subspan(n);
      } else if constexpr (detail::block<T> && requires { x.resize(n); }) {
        if (n > in_.size() / sizeof(element))
          throw serialization_error("fewer bytes than expected");
        x.resize(n);
        take(std::ranges::data(x), n * sizeof(element));
      } else {
        for (std::size_t i = 0; i < n; ++i)
          x.insert(x.end(), get<element>());
      }
    }
  }

  /// How many elements there are; each takes a byte or more.
  std::size_t get_size() {
    auto n = get<std::uint64_t>();
    if (n > in_.size())
      throw serialization_error("more elements than there is room for");
    return static_cast<std::size_t>(n);
  }

  template <class V, std::size_t... I>
  bool get_alternative(V& x, std::uint64_t which, std::index_sequence<I...>) {
    return ((I == which && (x.template emplace<I>(get<std::variant_alternative_t<I, V>>()), true))
            || ...);
  }

  void take(void* to, std::size_t n) {
    if (n > in_.size())
      throw serialization_error("fewer bytes than expected");
    if (n > 0)
      std::memcpy(to, in_.data(), n);
    in_ = in_.subspan(n);
  }

  std::span<const std::byte> in_;
};

} // namespace mailroom::wire

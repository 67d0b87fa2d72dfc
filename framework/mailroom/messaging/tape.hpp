#pragma once

#include <cstddef>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

namespace mailroom::detail {

class agent_core;

/// A queue of messages of different types, one behind the other in blocks of memory: writers and
/// reader meet in few cache lines, and no message needs an allocation of its own.
///
/// A message has `void run(agent_core&) noexcept` and `void drop(const std::exception_ptr&)
/// noexcept`; one of them is called, once, and then it is destroyed. Writers need a lock; the
/// reader needs it to learn how far it may read.
class tape {
  struct block;

  struct kind {
    /// Runs or drops a message, and destroys it.
    void (*end)(void* message, agent_core* on, const std::exception_ptr* why) noexcept;
    void (*move)(void* from, void* to) noexcept;
    std::size_t record_size;
  };

  struct record {
    const kind* of;
    void* message() noexcept { return this + 1; }
  };

public:
  /// A place between two messages.
  struct place {
    block* at = nullptr;
    std::size_t offset = 0;
    bool operator==(const place&) const = default;
  };

  tape() = default;
  tape(const tape&) = delete;
  tape& operator=(const tape&) = delete;

  static constexpr std::size_t most_bytes = 96; ///< of one message

  template <class M>
  static constexpr bool fits = sizeof(M) <= most_bytes && alignof(M) <= alignof(record)
                               && std::is_nothrow_move_constructible_v<M>;

  /// Adds a message. Throws `std::bad_alloc`. Under the lock.
  template <class M>
  void push(M&& message) {
    using type = std::decay_t<M>;
    static_assert(fits<type>);
    auto* r = ::new (room_for(record_size<type>)) record{&kind_of<type>};
    ::new (r->message()) type(std::forward<M>(message));
  }

  class loose;

  /// The one who reads. It is apart from the tape for the sake of the cache: it changes with each
  /// message. One thread at a time.
  class reader {
  public:
    /// Returns how far it may read. Under the lock.
    place end(tape& t) noexcept;

    bool at_end(const place& end) const noexcept { return at_ == end; }

    /// Runs the next message, or drops it for a reason. If it is not at the end.
    void run(const place& end, agent_core& on) noexcept { end_next(end, &on, nullptr); }
    void drop(const place& end, const std::exception_ptr& why) noexcept {
      end_next(end, nullptr, &why);
    }

    /// Takes the next message off the tape, if there is one. Under the lock.
    void take(tape& t, loose& to) noexcept;

    /// Gives memory back, if all is read. Under the lock.
    void shrink(tape& t) noexcept;

  private:
    record& next(const place& end) noexcept;
    void end_next(const place& end, agent_core* on, const std::exception_ptr* why) noexcept;

    place at_;
  };

  /// A message that was taken off its tape.
  class loose {
  public:
    loose() noexcept {} // NOLINT: the bytes need no value
    ~loose() {
      if (of_)
        drop(nullptr);
    }
    loose(const loose&) = delete;
    loose& operator=(const loose&) = delete;

    explicit operator bool() const noexcept { return of_ != nullptr; }

    void run(agent_core& on) noexcept { std::exchange(of_, nullptr)->end(bytes_, &on, nullptr); }
    void drop(const std::exception_ptr& why) noexcept {
      std::exchange(of_, nullptr)->end(bytes_, nullptr, &why);
    }

  private:
    friend class reader;
    const kind* of_ = nullptr;
    alignas(record) std::byte bytes_[most_bytes];
  };

private:
  struct block {
    block* next = nullptr;
    std::size_t used = 0;
    alignas(record) std::byte bytes[1008];
  };

  template <class M>
  static constexpr std::size_t record_size = sizeof(record)
                                             + (sizeof(M) + alignof(record) - 1) / alignof(record)
                                                 * alignof(record);

  template <class M>
  static constexpr kind kind_of{
    [](void* message, agent_core* on, const std::exception_ptr* why) noexcept {
      auto& m = *static_cast<M*>(message);
      if (on)
        m.run(*on);
      else
        m.drop(*why);
      m.~M();
    },
    [](void* from, void* to) noexcept {
      auto& m = *static_cast<M*>(from);
      ::new (to) M(std::move(m));
      m.~M();
    },
    record_size<M>};

  void* room_for(std::size_t size) {
    if (!last_ || last_->used + size > sizeof(last_->bytes))
      add_block();
    auto* p = last_->bytes + last_->used;
    last_->used += size;
    return p;
  }

  void add_block();

  block* first_ = nullptr; // where a reader begins that has read nothing
  block* last_ = nullptr;
};

} // namespace mailroom::detail

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "mailroom/process/buffer.hpp"
#include "mailroom/process/wire.hpp"

namespace mailroom::detail {

/// What a frame says.
enum class frame_kind : std::uint32_t {
  hello,   ///< a worker to its pool: its registry is this one
  welcome, ///< a pool to its worker: its name
  call,    ///< a pool to its worker: run this
  value,   ///< a worker to its pool: that came of it
  failure, ///< a worker to its pool: that went wrong
  stop,    ///< a pool to its worker: what runs there should stop
  ping,    ///< a pool to its worker: do you live?
  pong,    ///< a worker to its pool: yes
  recall,  ///< a pool to its worker: begin none of the calls so far any more
  recalled ///< a worker to its pool: this was the last that began before
};

/// What every frame begins with.
struct frame_header {
  frame_kind kind{};
  std::uint32_t function = 0; // which one to call
  std::uint64_t number = 0;   // of the call it is about
  std::uint64_t size = 0;     // of the body, in bytes
};

/// A message between a pool and one of its workers.
struct frame {
  frame_header header;
  buffer body;
};

/// Begins a frame in an empty buffer. The body is to follow; then `end_frame`.
void begin_frame(buffer& out, const frame_header& header);

/// Completes the header of the frame that is all of `out`.
void end_frame(buffer& out) noexcept;

/// Changes the number in the header of a complete frame.
void set_number(buffer& frame, std::uint64_t number) noexcept;

/// Makes frames from what comes out of a stream, in pieces of any size.
///
/// Whatever a header announces, it takes memory for a megabyte, and for twice what has come.
/// Throws `serialization_error` if what comes is no frame; then the stream is of no use any more.
class frame_decoder {
public:
  /// No frame has a body larger than that, in bytes.
  static constexpr std::uint64_t largest = std::uint64_t{1} << 32;

  /// Returns where the next bytes are to go: at least one.
  std::span<std::byte> room();

  /// Says that the first `n` bytes of `room` have come.
  void came(std::size_t n);

  /// Takes the next complete frame. To be called until there is none.
  std::optional<frame> next();

private:
  void take_header();

  std::array<std::byte, 4096> first_; // what comes while no frame has begun
  std::size_t begin_ = 0;             // of what is left in first_
  std::size_t end_ = 0;
  std::optional<frame_header> header_; // of the frame that has begun
  buffer body_;                        // what of it has come, and room
  std::size_t came_ = 0;               // how much of body_ that is
};

} // namespace mailroom::detail

#include "mailroom/process/frame.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include <fmt/format.h>

namespace mailroom::detail {

namespace {

static_assert(sizeof(frame_header) == 24 && std::is_trivially_copyable_v<frame_header>);

constexpr std::size_t room_ahead = std::size_t{1} << 20;

} // namespace

void begin_frame(buffer& out, const frame_header& header) {
  out.append(&header, sizeof header);
}

void end_frame(buffer& out) noexcept {
  auto size = std::uint64_t{out.size() - sizeof(frame_header)};
  std::memcpy(out.data() + offsetof(frame_header, size), &size, sizeof size);
}

void set_number(buffer& frame, std::uint64_t number) noexcept {
  std::memcpy(frame.data() + offsetof(frame_header, number), &number, sizeof number);
}

std::span<std::byte> frame_decoder::room() {
  if (!header_) {
    if (begin_ > 0) { // next() has left less than a header here
      std::memmove(first_.data(), first_.data() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    return std::span{first_}.subspan(end_);
  }
  if (came_ == body_.size())
    body_.grow(std::min<std::uint64_t>(header_->size - came_, std::max(room_ahead, came_)));
  return {body_.data() + came_, body_.size() - came_};
}

void frame_decoder::came(std::size_t n) {
  (header_ ? came_ : end_) += n;
}

std::optional<frame> frame_decoder::next() {
  if (!header_ && end_ - begin_ >= sizeof(frame_header))
    take_header();
  if (!header_ || came_ < header_->size)
    return std::nullopt;
  frame complete{*header_, std::move(body_)};
  header_.reset();
  came_ = 0;
  return complete;
}

/// Reads a header, and moves what is already there of its body.
void frame_decoder::take_header() {
  frame_header h;
  std::memcpy(&h, first_.data() + begin_, sizeof h);
  if (h.kind > frame_kind::recalled)
    throw serialization_error(
      fmt::format("no frame begins with {}", static_cast<std::uint32_t>(h.kind)));
  if (h.size > largest)
    throw serialization_error(
      fmt::format("a frame of {} bytes; there are none over {}", h.size, std::uint64_t{largest}));
  begin_ += sizeof h;
  came_ = static_cast<std::size_t>(std::min<std::uint64_t>(h.size, end_ - begin_));
  body_.append(first_.data() + begin_, came_);
  begin_ += came_;
  if (begin_ == end_)
    begin_ = end_ = 0;
  header_ = h;
}

} // namespace mailroom::detail

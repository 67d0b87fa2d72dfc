#pragma once

#include <cstdint>
#include <string>

#include "mailroom/caf.hpp"

namespace mailroom {

/// What a customer wants, and what for.
struct order {
  std::uint64_t number; ///< no two orders have the same
  std::string customer;
  std::string item;
  int pieces;
  std::int64_t price; ///< of all pieces
};

/// What has become of an order.
enum class outcome { sent, sold_out, not_paid, failed };

inline const char* to_string(outcome o) {
  switch (o) {
    case outcome::sent: return "sent";
    case outcome::sold_out: return "sold out";
    case outcome::not_paid: return "not paid";
    case outcome::failed: return "failed";
  }
  return "?";
}

MAILROOM_ATOM(charge);
MAILROOM_ATOM(refund);

} // namespace mailroom

MAILROOM_LOCAL_MESSAGE(mailroom::order)

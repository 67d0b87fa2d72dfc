#pragma once

#include "mailroom/system.hpp"

/// What every scheduler has to do, is tested with each of them.
namespace mailroom::test {

struct of_sharing {
  static constexpr auto kind = scheduling::sharing;
};

struct of_stealing {
  static constexpr auto kind = scheduling::stealing;
};

struct of_parking {
  static constexpr auto kind = scheduling::parking;
};

#define MAILROOM_SCHEDULERS                                                                        \
  ::mailroom::test::of_sharing, ::mailroom::test::of_stealing, ::mailroom::test::of_parking

} // namespace mailroom::test

#pragma once

/// Everything mailroom offers. Each header also stands alone.

#include "mailroom/compare/command_line.hpp"
#include "mailroom/compare/runner.hpp"
#include "mailroom/error.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/replay.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/sync.hpp"
#include "mailroom/system.hpp"
#include "mailroom/trace/columns.hpp"

#pragma once

/// Everything mailroom offers. Each header also stands alone.

#include "mailroom/compare/command_line.hpp"
#include "mailroom/compare/runner.hpp"
#include "mailroom/error.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/executor/thread_pool_executor.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/replay.hpp"
#include "mailroom/future/as_completed.hpp"
#include "mailroom/future/promise.hpp"
#include "mailroom/future/then.hpp"
#include "mailroom/future/wait.hpp"
#include "mailroom/future/when.hpp"
#include "mailroom/locking/hierarchical_mutex.hpp"
#include "mailroom/locking/locked_queue.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/messaging/mailbox.hpp"
#include "mailroom/messaging/timers.hpp"
#include "mailroom/sync/sync.hpp"
#include "mailroom/system.hpp"
#include "mailroom/trace/columns.hpp"

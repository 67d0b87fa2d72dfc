#pragma once

/// All dual-mode primitives: see object.hpp for what that means.

#include "mailroom/sync/barrier.hpp"
#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/event.hpp"
#include "mailroom/sync/latch.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/semaphore.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

#pragma once

#include <stdexcept>

namespace mailroom {

/// The base of every exception mailroom throws, except for wrong arguments, which throw
/// `std::invalid_argument`.
class error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Time ran out before an answer came.
class timeout_error : public error {
public:
  using error::error;
};

/// An actor system was asked for something it cannot do.
class system_error : public error {
public:
  using error::error;
};

/// A call was not made: the last ones have failed, and it is too early to try again.
class circuit_open : public error {
public:
  using error::error;
};

/// A supervisor has given up: a child has failed too often, or was not worth another try. What the
/// child has thrown is nested in it.
class supervision_failed : public error {
public:
  using error::error;
};

// -- futures ----------------------------------------------------------------------------------------

/// The result will never come: the future was cancelled.
class cancelled_error : public error {
public:
  using error::error;
};

/// A future or promise is in a state that does not allow this: a second result, for example.
class invalid_state_error : public error {
public:
  using error::error;
};

/// The promise was destroyed without a result.
class broken_promise : public error {
public:
  using error::error;
};

// -- executors --------------------------------------------------------------------------------------

/// The executor cannot run tasks any more: its initializer failed, or it could not start a worker.
class broken_executor : public error {
public:
  using error::error;
};

/// A pool of processes cannot run tasks any more, or could not run this one to its end.
class broken_process_pool : public broken_executor {
public:
  using broken_executor::broken_executor;
};

/// The executor was shut down and takes no more tasks.
class shutdown_error : public error {
public:
  using error::error;
};

/// There was no room for the task in the queue of the executor.
class rejected : public error {
public:
  using error::error;
};

/// Waiting would never end, because whatever could end it waits, too. The text names the cycle.
class would_deadlock : public error {
public:
  using error::error;
};

} // namespace mailroom

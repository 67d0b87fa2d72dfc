#include <doctest/doctest.h>

#include "explore/explored.hpp"
#include "explore/planted.hpp"
#include "explore/proof.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/messaging/mailbox.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
using test::explored, test::late, test::unlocked, test::proved, test::refuted;

namespace {

/// Some send, some receive as much as they can expect.
template <class Primitives>
void pass_on(int senders, int messages, int receivers, std::size_t room = 0) {
  mailbox<int, Primitives> box{{.capacity = room}};
  int received = 0;
  std::vector<sync::thread> threads;
  for (int r = 0; r < receivers; ++r)
    threads.emplace_back("receiver", [&] {
      for (int i = 0; i < senders * messages / receivers; ++i)
        received += box.receive().value();
    });
  for (int s = 0; s < senders; ++s)
    threads.emplace_back("sender", [&, s] {
      for (int i = 0; i < messages; ++i)
        box.send(s == 0 && i == 0 ? 1 : 10);
    });
  threads.clear();
  explore::ensure(received == 1 + 10 * (senders * messages - 1),
                  "a message was lost, or came twice");
}

/// Somebody closes while others send and receive.
template <class Primitives>
void close_meanwhile(int receivers) {
  mailbox<int, Primitives> box;
  int sent = 0;
  int received = 0;
  std::vector<sync::thread> threads;
  for (int r = 0; r < receivers; ++r)
    threads.emplace_back("receiver", [&] {
      while (box.receive())
        ++received;
    });
  threads.emplace_back("sender", [&] {
    try {
      sent += box.send(1);
    } catch (const shutdown_error&) {
    }
  });
  threads.emplace_back("closer", [&] { box.close(); });
  threads.clear();
  explore::ensure(received == sent, "a message was lost, or came twice");
}

/// One sends and closes, another one receives all there is.
template <class Primitives>
void close_afterwards() {
  mailbox<int, Primitives> box;
  int received = 0;
  {
    sync::thread receiver{"receiver", [&] {
                            while (auto m = box.receive())
                              received += *m;
                          }};
    sync::thread sender{"sender", [&] {
                          box.send(7);
                          box.close();
                        }};
  }
  explore::ensure(received == 7, "a message was lost, or came twice");
}

/// One is called when there is something to receive, and receives it.
template <class Primitives>
void call_when_ready() {
  mailbox<int, Primitives> box;
  int calls = 0;
  int received = 0;
  {
    sync::thread receiver{"receiver", [&] {
                            box.when_ready([&] {
                              ++calls;
                              received += box.try_receive().value_or(0);
                              return true;
                            });
                          }};
    sync::thread sender{"sender", [&] { box.send(7); }};
  }
  explore::ensure(calls == 1 && received == 7, "it was not called once, with the message there");
}

/// A message of control is received first if it was there first.
template <class Primitives>
void control_first() {
  mailbox<int, Primitives> box;
  std::vector<int> received;
  {
    sync::thread receiver{"receiver", [&] {
                            received.push_back(box.receive().value());
                            received.push_back(box.receive().value());
                          }};
    sync::thread sender{"sender", [&] {
                          box.send_control(1);
                          box.send(2);
                        }};
  }
  explore::ensure(received == std::vector{1, 2}, "control comes first");
}

} // namespace

TEST_CASE("self: mailbox, one message") {
  proved([] { pass_on<explored>(1, 1, 1); }, 9);
}

TEST_CASE("self: mailbox, two messages of one sender") {
  proved([] { pass_on<explored>(1, 2, 1); }, 381);
}

TEST_CASE("self: mailbox, two senders, within 2 preemptions") {
  proved([] { pass_on<explored>(2, 1, 1); }, 4292, test::with_preemptions(2));
}

TEST_CASE("self: mailbox, two receivers, within 1 preemption") {
  proved([] { pass_on<explored>(1, 2, 2); }, 718, test::with_preemptions(1));
}

TEST_CASE("self: mailbox, room for one, within 3 preemptions") {
  proved([] { pass_on<explored>(1, 2, 1, 1); }, 21909, test::with_preemptions(3));
}

TEST_CASE("self: mailbox, two senders and room for one, within 2 preemptions") {
  proved([] { pass_on<explored>(2, 1, 1, 1); }, 7364, test::with_preemptions(2));
}

TEST_CASE("self: mailbox, closed after it was sent to") {
  proved([] { close_afterwards<explored>(); }, 511);
}

TEST_CASE("self: mailbox, closed while others send and receive, within 2 preemptions") {
  proved([] { close_meanwhile<explored>(1); }, 3461, test::with_preemptions(2));
}

TEST_CASE("self: mailbox, closed with two receivers, within 1 preemption") {
  proved([] { close_meanwhile<explored>(2); }, 5676, test::with_preemptions(1));
}

TEST_CASE("self: mailbox, when_ready") {
  proved([] { call_when_ready<explored>(); }, 18);
}

TEST_CASE("self: mailbox, control comes first") {
  proved([] { control_first<explored>(); }, 381);
}

TEST_CASE("self: a mailbox whose receivers say too late that they wait") {
  refuted([] { pass_on<late>(1, 1, 1); }, explore::ending::deadlock, "AAAAAAAABBBBBBBAAAB");
}

TEST_CASE("self: a mailbox whose lock admits everybody") {
  refuted([] { pass_on<unlocked>(1, 2, 1); }, explore::ending::deadlock,
          "AAAAAAAAAAABBBBBBBAAAAAABBBBBAAAAAAAAAAAAAAABBBAAAAAAAAAAAAAB");
}

#include "mailroom/explore/render.hpp"

#include <doctest/doctest.h>

#include "explore/scenarios.hpp"
#include "mailroom/explore/threads.hpp"

using namespace mailroom;
using namespace mailroom::explore;
using namespace mailroom::scenarios;

TEST_CASE("render: columns fit the width, and say what is cut") {
  auto run = replay(two_locks(false), "AB");
  CHECK(columns(run, 40)
        == "step  cut             paste\n"
           "   1  lock document\n"
           "   2                  lock clipboard\n"
           "      => deadlock: cut waits to lock clipboard; paste waits to lock document\n");
  CHECK(columns(run, 30)
        == "step  cut         paste\n"
           "   1  lock docu~\n"
           "   2              lock clip~\n"
           "      => deadlock: cut waits to lock clipboard; paste waits to lock document\n");
}

TEST_CASE("render: a sequence diagram has an arrow for each step") {
  CHECK(mermaid(replay(racy_counter(2, 1), "ABBA"))
        == "sequenceDiagram\n"
           "  participant p0 as main\n"
           "  participant p1 as A\n"
           "  participant p2 as B\n"
           "  participant p3 as n\n"
           "  p1->>p3: read = 0\n"
           "  p2->>p3: read = 0\n"
           "  p2->>p3: write 1\n"
           "  p1->>p3: write 1\n"
           "  p0->>p3: read = 1\n"
           "  Note over p0,p3: violated: an update was lost\n");
}

TEST_CASE("render: a message goes from its sender to its receiver") {
  run r{.end = ending::fine,
        .history = {{"counter", "put 1", "alice", "", true}},
        .cast = {"alice", "counter"}};
  CHECK(mermaid(r)
        == "sequenceDiagram\n"
           "  participant p0 as counter\n"
           "  participant p1 as alice\n"
           "  p1->>p0: put 1\n"
           "  Note over p0,p1: fine\n");
  CHECK(columns(r)
        == "step  counter\n"
           "   1  put 1 from alice\n"
           "      => fine\n");
}

TEST_CASE("render: in a picture, messages are arrows between those who are in it") {
  run r{.end = ending::livelock,
        .history = {{"counter", "put 1", "alice", "", true},
                    {"alice", "reply", "counter", "7", true},
                    {"counter", "tick", "clock", "", true}},
        .back_to = 2,
        .cast = {"alice", "counter"}};
  auto picture = svg(r);
  auto count = [&](std::string_view what) {
    int n = 0;
    for (auto at = picture.find(what); at != std::string::npos; at = picture.find(what, at + 1))
      ++n;
    return n;
  };
  CHECK(count("<path ") == 2);
  CHECK(count(">put 1<") == 1);
  CHECK(count(">reply 7<") == 1);
  CHECK(count(">tick from clock<") == 1);
  CHECK(count("and again from step 2 =&gt; livelock") == 1);
  CHECK(count("viewBox='0 0 480 ") == 1);
  r.why = "nobody gets on, however often they go round";
  picture = svg(r);
  CHECK(count("viewBox='0 0 644 ") == 1); // for 78 letters
}

TEST_CASE("render: a picture stands alone, and text cannot break out of it") {
  run r{.end = ending::threw,
        .why = "a < b & c",
        .history = {{"A", "write", "n", "1", false}},
        .cast = {"A"}};
  auto picture = svg(r);
  CHECK(picture.starts_with("<svg xmlns='http://www.w3.org/2000/svg'"));
  CHECK(picture.ends_with("</svg>\n"));
  CHECK(picture.find("threw: a &lt; b &amp; c") != std::string::npos);
  CHECK(picture.find("write n 1") != std::string::npos);
  CHECK(picture.find("<script") == std::string::npos);
}

#include <random>

#include <doctest/doctest.h>

#include "actors/score_board/actor.hpp"
#include "actors/score_board/locked.hpp"
#include "actors/score_board/racy.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

using ending = explore::ending;
using names = std::vector<std::string>;

/// A score board that is an actor, for threads.
class asked_board {
public:
  explicit asked_board(const names& players) : board_(sys_.spawn(score_board, players)) {}

  void add(const std::string& player, int points) {
    checked([&] { ask<void>(sys_, board_, 10s, add_atom_v, player, points); });
  }
  int points(const std::string& player) {
    int result = 0;
    checked([&] { result = ask<int>(sys_, board_, 10s, get_atom_v, player); });
    return result;
  }
  int total() { return ask<int>(sys_, board_, 10s, get_atom_v); }
  std::string leader() { return ask<std::string>(sys_, board_, 10s, leader_atom_v); }

private:
  template <class F>
  void checked(F f) {
    try {
      f();
    } catch (const system_error& e) {
      throw std::invalid_argument(e.what());
    }
  }

  mailroom::system sys_;
  score_board_actor board_;
};

/// Two players get points, or one gets them twice.
template <class Board>
void two_finds(const std::string& first, const std::string& second) {
  Board board{{"Bunny", "Turtle"}};
  {
    sync::thread a{"A", [&] { board.add(first, 1); }};
    sync::thread b{"B", [&] { board.add(second, 2); }};
  }
  explore::ensure(board.points("Bunny") + board.points("Turtle") == 3, "a player lost points");
  explore::ensure(board.total() == 3, "the total lost points");
}

template <class Board>
auto bunny_and_turtle = [] { two_finds<Board>("Bunny", "Turtle"); };
template <class Board>
auto bunny_twice = [] { two_finds<Board>("Bunny", "Bunny"); };

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("score_board.racy: each has its own points, and the total has lost some") {
  auto run = explore::replay(bunny_and_turtle<racy::score_board>, "AAABBBBA");
  CHECK(run.end == ending::violated);
  CHECK(run.why == "the total lost points");
}

TEST_CASE("score_board.racy: two finds of one player, and one of them is lost") {
  auto run = explore::replay(bunny_twice<racy::score_board>, "ABABBABA");
  CHECK(run.end == ending::violated);
  CHECK(run.why == "a player lost points");
}

TEST_CASE("score_board.racy: one after the other, nothing is lost") {
  CHECK(explore::replay(bunny_and_turtle<racy::score_board>, "AAAABBBB").end == ending::fine);
  CHECK(explore::replay(bunny_twice<racy::score_board>, "BBBBAAAA").end == ending::fine);
}

TEST_CASE("score_board.locked: the schedule that breaks the racy one has no place to happen") {
  CHECK_THROWS_AS(explore::replay(bunny_and_turtle<lock_based::score_board>, "AAABBBBA"),
                  explore::schedule_error);
  CHECK(explore::replay(bunny_and_turtle<lock_based::score_board>, "AABB").end == ending::fine);
}

// -- the contract ---------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("score_board: knows the points of each and of all, and who leads", Board,
                   racy::score_board, lock_based::score_board, asked_board) {
  Board board{{"Bunny", "Turtle", "Fox"}};
  CHECK(board.leader() == "Bunny"); // of several, the first named
  board.add("Turtle", 2);
  board.add("Fox", 1);
  CHECK(board.leader() == "Turtle");
  board.add("Fox", 1);
  CHECK(board.leader() == "Turtle");
  board.add("Fox", 0);
  board.add("Fox", 3);
  CHECK(board.leader() == "Fox");
  CHECK(board.points("Bunny") == 0);
  CHECK(board.points("Turtle") == 2);
  CHECK(board.points("Fox") == 5);
  CHECK(board.total() == 7);
}

TEST_CASE_TEMPLATE("score_board: what is wrong is refused, and changes nothing", Board,
                   racy::score_board, lock_based::score_board, asked_board) {
  Board board{{"Bunny"}};
  CHECK_THROWS_AS(board.add("Fox", 1), std::invalid_argument);
  CHECK_THROWS_AS(board.add("Bunny", -1), std::invalid_argument);
  CHECK_THROWS_AS(board.points("Fox"), std::invalid_argument);
  CHECK(board.total() == 0);
  CHECK(board.points("Bunny") == 0);
}

TEST_CASE("score_board: without players there is none") {
  CHECK_THROWS_AS(racy::score_board{names{}}, std::invalid_argument);
  CHECK_THROWS_AS(lock_based::score_board{names{}}, std::invalid_argument);
  CHECK_THROWS_AS(asked_board{names{}}.total(), system_error);
}

TEST_CASE_TEMPLATE("score_board: the total is the sum of all finds", Board, lock_based::score_board,
                   asked_board) {
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  names players{"Bunny", "Turtle", "Fox"};
  std::vector<int> found(players.size());
  Board board{players};
  {
    std::vector<sync::thread> threads;
    for (std::size_t p = 0; p < players.size(); ++p)
      threads.emplace_back(players[p], [&, p] {
        std::mt19937 random{seed + static_cast<unsigned>(p)};
        for (int i = 0; i < 200; ++i) {
          int points = 1 + static_cast<int>(random() % 3);
          board.add(players[p], points);
          found[p] += points;
        }
      });
  }
  for (std::size_t p = 0; p < players.size(); ++p)
    CHECK(board.points(players[p]) == found[p]);
  CHECK(board.total() == found[0] + found[1] + found[2]);
}

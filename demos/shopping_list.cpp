// A2: two apples on the list, and two people each add one. Four apples?

#include <array>
#include <map>

#include <fmt/format.h>

#include "actors/counter/actor.hpp"
#include "actors/counter/locked.hpp"
#include "actors/counter/racy.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/explore/stage.hpp"
#include "mailroom/messaging/ask.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> walk_to_the_fridge{0.1};
constexpr std::int64_t on_the_list = 2;

std::string person(int number) {
  constexpr std::array names{"Bunny", "Turtle", "Fox", "Bear", "Owl", "Mouse", "Hedgehog"};
  auto index = static_cast<std::size_t>(number);
  return index < names.size() ? names[index] : fmt::format("guest {}", number);
}

void gather(context& ctx) {
  std::vector<std::string> people;
  for (int i = 0; i < ctx.workers(); ++i)
    people.push_back(person(i));
  ctx.cast(std::move(people));
}

outcome bought(context& ctx, std::int64_t apples) {
  ctx.note("list", fmt::format("{} apples", apples));
  return {{"expected", on_the_list + ctx.workers()}, {"apples", apples}};
}

// A list is a counter per item. The items themselves are fixed before anybody shops.
template <class Counter>
outcome with_threads(context& ctx) {
  gather(ctx);
  std::map<std::string, Counter> list;
  list.try_emplace("apples", on_the_list, ctx.scaled(walk_to_the_fridge));
  list.try_emplace("pears", 1);
  std::vector<compare::worker> people;
  for (int i = 0; i < ctx.workers(); ++i)
    people.push_back({person(i), [&, i] {
                        ctx.note(person(i), "adds an apple");
                        list.at("apples").add(1);
                        ctx.note(person(i), "has added it");
                      }});
  ctx.together(std::move(people));
  return bought(ctx, list.at("apples").value());
}

void buy_one(caf::event_based_actor* self, const counter_actor& apples) {
  self->send(apples, add_atom_v, std::int64_t{1});
}

outcome actor(context& ctx) {
  gather(ctx);
  auto& sys = ctx.actors();
  std::map<std::string, counter_actor> list{{"apples", sys.spawn(mailroom::counter, on_the_list)},
                                            {"pears", sys.spawn(mailroom::counter, 1)}};
  std::vector<caf::actor> people;
  for (int i = 0; i < ctx.workers(); ++i)
    people.push_back(sys.spawn([&, i](caf::event_based_actor* self) {
      ctx.note(person(i), "adds an apple");
      buy_one(self, list.at("apples"));
    }));
  ctx.await(people);
  return bought(ctx, ask<std::int64_t>(sys, list.at("apples"), 10s, get_atom_v));
}

std::function<outcome()> perform_actor(explore::stage& stage, const compare::settings& with) {
  auto apples = stage.spawn("apples", mailroom::counter, on_the_list);
  for (int i = 0; i < with.workers; ++i)
    stage.spawn(person(i), buy_one, apples);
  return [=]() -> outcome {
    return {{"expected", on_the_list + with.workers},
            {"apples", explore::state_of<counter_state>(apples).value}};
  };
}

verdict judge(const outcome& o) {
  return o.count("apples") == o.count("expected") ? verdict::ok : verdict::lost_update;
}

} // namespace

extern const compare::story shopping_list;
const compare::story shopping_list{
  .name = "shopping_list",
  .group = "A",
  .block = "counter",
  .summary = "two apples on the list, two people each add one; are there four?",
  .next = "Try: shopping_list --workers 7",
  .workers = 2,
  .most_workers = 64,
  .explorable = true,
  .parameters = {},
  .judge = judge,
  .versions = {{"racy", verdict::lost_update, with_threads<racy::counter>},
               {"locked", verdict::ok, with_threads<lock_based::counter>},
               {"actor", verdict::ok, actor, perform_actor}},
};

} // namespace mailroom::stories

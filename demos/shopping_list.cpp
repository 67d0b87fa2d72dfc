// A2: two apples on the list, and two people each add one. Four apples?

#include <array>
#include <map>

#include <fmt/format.h>

#include "actors/counter/actor.hpp"
#include "actors/counter/locked.hpp"
#include "actors/counter/racy.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"

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

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  std::map<std::string, counter_actor> list{
    {"apples", actors.spawn("apples", mailroom::counter, on_the_list)},
    {"pears", actors.spawn("pears", mailroom::counter, 1)}};
  for (int i = 0; i < ctx.workers(); ++i)
    actors.send_in(person(i), [&ctx, i, apples = list.at("apples")](caf::event_based_actor* self) {
      ctx.note(person(i), "adds an apple");
      self->send(apples, add_atom_v, std::int64_t{1});
    });
  actors.perform();
  return bought(ctx, actors.ask<std::int64_t>(list.at("apples"), get_atom_v));
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
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories

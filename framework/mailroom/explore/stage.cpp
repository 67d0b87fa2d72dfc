#include "mailroom/explore/stage.hpp"

#include "mailroom/explore/actor_world.hpp"

namespace mailroom::explore {

void stage::invariant(std::string otherwise, std::function<bool()> holds) {
  world_.demand_always({std::move(otherwise), std::move(holds)});
}

void stage::finally(std::string otherwise, std::function<bool()> holds) {
  world_.demand_at_the_end({std::move(otherwise), std::move(holds)});
}

void stage::finally(std::function<void()> check) {
  finally("", [check = std::move(check)] {
    check();
    return true;
  });
}

void stage::progress() {
  world_.progressed();
}

void stage::perform() {
  world_.perform();
}

caf::message stage::reply_of(const caf::strong_actor_ptr& actor, caf::message content) {
  return world_.reply_of(actor, std::move(content));
}

int stage::enter(std::string name, caf::actor_config& config) {
  config.host = system().dummy_execution_unit();
  return world_.enter(std::move(name));
}

void stage::begin(int number, caf::strong_actor_ptr handle, performer& actor) {
  world_.begin(number, std::move(handle), actor);
}

void stage::keep(std::shared_ptr<void> value, imprint (*imprint_of)(const void*)) {
  world_.watch(std::move(value), imprint_of);
}

caf::actor_system& stage::system() {
  return world_.system();
}

post_office& stage::mail() {
  return world_;
}

} // namespace mailroom::explore

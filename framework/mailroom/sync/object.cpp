#include "mailroom/sync/object.hpp"

#include <array>

#include "mailroom/sync/world.hpp"

namespace mailroom::sync {

std::string_view to_string(operation what) noexcept {
  constexpr std::array<std::string_view, 14> names{
    "read", "write", "update", "lock",       "lock_shared", "try_lock", "unlock",
    "wait", "wake",  "notify", "notify_all", "acquire",     "release",  "join"};
  return names[static_cast<std::size_t>(what)];
}

object::object(const char* name) : name_(name), world_(world::current()) {
  if (world_)
    id_ = world_->enroll(*this);
}

object::~object() {
  if (world_)
    world_->dismiss(*this);
}

int object::outcomes(operation) const {
  return 1;
}

bool object::ready(operation, int, int) const {
  return true;
}

world* object::meet() const noexcept {
  world* here = world::current();
  if (here == world_)
    return here;
  if (world_)
    world_->intruder(*this);
  else
    here->outsider(*this);
  return nullptr;
}

} // namespace mailroom::sync

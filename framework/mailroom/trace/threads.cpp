#include "mailroom/trace/threads.hpp"

#include <filesystem>
#include <fstream>

#include <sys/syscall.h>
#include <unistd.h>

namespace mailroom::trace {

std::vector<system_thread> threads() {
  std::vector<system_thread> all;
  for (auto& task : std::filesystem::directory_iterator{"/proc/self/task"})
    if (auto t = find_thread(std::stoi(task.path().filename())))
      all.push_back(std::move(*t));
  return all;
}

std::optional<system_thread> find_thread(int id) {
  std::ifstream file{"/proc/self/task/" + std::to_string(id) + "/stat"};
  std::string text; // "ID (NAME) STATE ...", and the name may have blanks and brackets of its own
  std::getline(file, text, '\0');
  auto begin = text.find('(');
  auto end = text.rfind(") ");
  if (begin == std::string::npos || end == std::string::npos || end + 2 >= text.size())
    return std::nullopt; // it has ended, perhaps just now
  return system_thread{id, text.substr(begin + 1, end - begin - 1), text[end + 2]};
}

int this_thread_id() noexcept {
  return static_cast<int>(syscall(SYS_gettid));
}

std::string this_thread_name() {
  auto me = find_thread(this_thread_id());
  return me ? me->name : "";
}

} // namespace mailroom::trace

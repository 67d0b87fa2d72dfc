// Prints how many nanoseconds it takes to send some bytes to another process over a pair of
// sockets, and to have them back.
//
//   process_echo HOW_OFTEN BYTES

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

bool send_all(int fd, const std::vector<char>& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    auto n = write(fd, bytes.data() + at, bytes.size() - at);
    if (n <= 0)
      return false;
    at += static_cast<std::size_t>(n);
  }
  return true;
}

bool receive_all(int fd, std::vector<char>& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    auto n = read(fd, bytes.data() + at, bytes.size() - at);
    if (n <= 0)
      return false;
    at += static_cast<std::size_t>(n);
  }
  return true;
}

} // namespace

int main(int argc, char** argv) {
  auto n = argc == 3 ? std::atoi(argv[1]) : 0;
  auto size = argc == 3 ? std::atoi(argv[2]) : 0;
  std::array<int, 2> ends{};
  if (n <= 0 || size <= 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) {
    std::fprintf(stderr, "usage: process_echo HOW_OFTEN BYTES\n");
    return 2;
  }
  std::vector<char> bytes(static_cast<std::size_t>(size), 'x');
  if (fork() == 0) {
    close(ends[0]);
    while (receive_all(ends[1], bytes) && send_all(ends[1], bytes)) {
    }
    _exit(0);
  }
  close(ends[1]);
  auto trip = [&] { return send_all(ends[0], bytes) && receive_all(ends[0], bytes); };
  bool well = trip();
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < n; ++i)
    well = trip() && well;
  std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
  close(ends[0]);
  wait(nullptr);
  std::printf("%.1f\n", time.count() / n);
  return well ? 0 : 1;
}

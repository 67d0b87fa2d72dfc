#include "actors/checksums/sha256.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mailroom {

namespace {

/// Large enough for a system call to be nothing beside it; small enough for a stack.
constexpr std::size_t block_size = std::size_t{64} * 1024;

EVP_MD_CTX* context_of(void* pointer) {
  return static_cast<EVP_MD_CTX*>(pointer);
}

void ensure(bool done) {
  if (!done)
    throw std::runtime_error("OpenSSL cannot compute a SHA-256");
}

[[noreturn]] void fail(int code) {
  throw std::system_error(code, std::generic_category());
}

/// A file that is open for reading.
class input {
public:
  /// Neither a FIFO nor a device that took the file's place can hold it up: hence O_NONBLOCK.
  explicit input(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {
    if (descriptor_ < 0)
      fail(errno);
    struct stat status {};
    bool known = ::fstat(descriptor_, &status) == 0;
    if (known && S_ISREG(status.st_mode))
      return;
    int code = !known ? errno : S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    ::close(descriptor_);
    fail(code);
  }

  ~input() { ::close(descriptor_); }
  input(const input&) = delete;
  input& operator=(const input&) = delete;

  /// Returns how many bytes were read; 0 is the end.
  std::size_t read(std::span<std::byte> into) {
    for (;;) {
      auto bytes = ::read(descriptor_, into.data(), into.size());
      if (bytes >= 0)
        return static_cast<std::size_t>(bytes);
      if (errno != EINTR)
        fail(errno);
    }
  }

private:
  int descriptor_;
};

} // namespace

sha256::sha256() : context_(EVP_MD_CTX_new()) {
  if (context_ && EVP_DigestInit_ex(context_of(context_), EVP_sha256(), nullptr) == 1)
    return;
  EVP_MD_CTX_free(context_of(context_));
  ensure(false);
}

sha256::~sha256() {
  EVP_MD_CTX_free(context_of(context_));
}

void sha256::add(std::span<const std::byte> piece) {
  ensure(EVP_DigestUpdate(context_of(context_), piece.data(), piece.size()) == 1);
}

std::string sha256::finish() {
  std::array<unsigned char, 32> sum{};
  ensure(EVP_DigestFinal_ex(context_of(context_), sum.data(), nullptr) == 1);
  std::string text;
  for (unsigned byte : sum)
    for (unsigned half : {byte >> 4, byte & 15})
      text += "0123456789abcdef"[half];
  return text;
}

std::string sha256_of_file(const std::filesystem::path& file, const block_listener& listener) {
  input source{file};
  sha256 sum;
  std::array<std::byte, block_size> block; // NOLINT: read() fills what is used
  while (auto bytes = source.read(block)) {
    sum.add(std::span{block}.first(bytes));
    if (listener)
      listener(bytes);
  }
  return sum.finish();
}

void free_sha256_of_thread() noexcept {
  OPENSSL_thread_stop();
}

} // namespace mailroom

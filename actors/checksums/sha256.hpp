#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

namespace mailroom {

/// Computes a SHA-256 (FIPS 180-4) piece by piece, with OpenSSL.
///
/// Not for secrets: neither passwords nor signatures. For one thread at a time; many objects may
/// compute at once.
class sha256 {
public:
  /// Throws `std::runtime_error` if OpenSSL has no SHA-256 to offer.
  sha256();
  ~sha256();
  sha256(const sha256&) = delete;
  sha256& operator=(const sha256&) = delete;

  /// Throws `std::runtime_error`.
  void add(std::span<const std::byte> piece);

  /// Returns the sum of all pieces as 64 lower case hexadecimal digits, and ends the computation:
  /// nothing may be added afterwards. Throws `std::runtime_error`.
  std::string finish();

private:
  void* context_; // OpenSSL's EVP_MD_CTX, whose headers nobody else needs to read
};

/// Is told of each block that was read from a file. What it throws ends the reading.
using block_listener = std::function<void(std::size_t bytes)>;

/// Reads a regular file from beginning to end, in blocks, and returns its SHA-256 in hexadecimal.
///
/// Blocks the calling thread, but never longer than the disk takes for one block before `listener`
/// is called. Any thread may call it. Throws `std::system_error`, whose text says what was wrong
/// and does not name the file: if it cannot be opened or read, or is not a regular file.
std::string sha256_of_file(const std::filesystem::path& file, const block_listener& listener = {});

/// Frees what OpenSSL keeps for the calling thread, which computes no more. It would do so itself
/// when the thread ends; who leaks when the program ends first, is named by leak checkers. For the
/// finalizer of an executor.
void free_sha256_of_thread() noexcept;

} // namespace mailroom

// SPDX-License-Identifier: Apache-2.0
#include "sync-server/ops/evidence_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/crypto/openssl_files.hpp"

namespace daybook {
namespace {

// Whole or not at all, and never over a key that is there.
Result<void> write_key(const std::string& path, const std::string& pem) {
  const auto wrong = [&](const char* what) { return failure(Errc::kIo, path, what); };
  const std::string partial = path + ".partial";
  const int file =
      ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return wrong("cannot be written");
  const bool written = ::write(file, pem.data(), pem.size()) == static_cast<ssize_t>(pem.size()) &&
                       ::fsync(file) == 0;
  if (::close(file) != 0 || !written) return wrong("cannot be written");
  if (::link(partial.c_str(), path.c_str()) != 0) return wrong("cannot be put in place");
  ::unlink(partial.c_str());
  return success();
}

}  // namespace

Result<std::unique_ptr<Signer>> open_evidence_key(const std::string& path, Rng& rng) {
  std::error_code failed;
  if (!std::filesystem::exists(path, failed) && !failed) {
    const Bytes seed = draw_key_secret(KeyAlg::kEd25519, rng);
    DAYBOOK_TRY(write_key(path, secret_key_pem(seed)));
    return ed25519_signer(seed);
  }
  std::ifstream file(path, std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) return failure(Errc::kIo, path, "cannot be read");
  const auto seed = seed_in_pem(pem);
  if (!seed.ok()) return failure(seed.error().code, path, seed.error().detail);
  return ed25519_signer(*seed);
}

}  // namespace daybook

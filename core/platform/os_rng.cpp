// SPDX-License-Identifier: Apache-2.0
#include "core/platform/os_rng.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>

#include "core/base/ensure.hpp"

#if defined(__linux__)
#include <sys/random.h>
#endif

namespace daybook {
namespace {

#if defined(__linux__)
std::size_t draw_from_kernel(std::span<std::uint8_t> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const auto drawn = getrandom(out.data() + filled, out.size() - filled, 0);
    if (drawn < 0 && errno == EINTR) continue;
    if (drawn <= 0) break;
    filled += static_cast<std::size_t>(drawn);
  }
  return filled;
}
#else
std::size_t draw_from_kernel(std::span<std::uint8_t>) { return 0; }
#endif

}  // namespace

void OsRng::fill(std::span<std::uint8_t> out) {
  const std::size_t filled = draw_from_kernel(out);
  if (filled == out.size()) return;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> device(std::fopen("/dev/urandom", "rb"),
                                                               &std::fclose);
  ensure(device != nullptr);
  const std::size_t missing = out.size() - filled;
  ensure(std::fread(out.data() + filled, 1, missing, device.get()) == missing);
}

}  // namespace daybook

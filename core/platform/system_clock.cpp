// SPDX-License-Identifier: Apache-2.0
#include "core/platform/system_clock.hpp"

#include <chrono>
#include <ctime>
#include <fstream>
#include <string>

#include "core/base/hex.hpp"
#include "core/platform/os_rng.hpp"

namespace daybook {
namespace {

std::uint64_t first_eight(BytesView bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8 && i < bytes.size(); ++i) number = (number << 8) | bytes[i];
  return number;
}

std::uint64_t find_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  if (file >> text) {
    if (const auto id = uuid_from(text)) return first_eight(id->view());
  }
  OsRng rng;
  return first_eight(rng.draw<Uuid>().view());
}

}  // namespace

std::int64_t SystemClock::wall_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::int64_t SystemClock::steady_ms() {
#ifdef CLOCK_BOOTTIME
  timespec now{};
  if (clock_gettime(CLOCK_BOOTTIME, &now) == 0) {
    return static_cast<std::int64_t>(now.tv_sec) * 1000 +
           static_cast<std::int64_t>(now.tv_nsec) / 1'000'000;
  }
#endif
  const auto now_steady = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now_steady).count();
}

std::int16_t SystemClock::utc_offset_min() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  if (localtime_r(&now, &local) == nullptr) return 0;
  return static_cast<std::int16_t>(local.tm_gmtoff / 60);
}

std::uint64_t boot_id() {
  static const std::uint64_t found = find_boot_id();
  return found;
}

}  // namespace daybook

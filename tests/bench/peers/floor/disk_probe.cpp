// SPDX-License-Identifier: Apache-2.0
// disk_probe DIR COUNT: how often a second this disk makes 4 KiB durable. Three ways, one JSON line
// each. Run before the scenarios, because every durable figure hangs on it.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

enum class Way { append, overwrite, append_fsync };

bool probe(const std::string& path, std::size_t count, Way way, const char* name) {
  const std::vector<char> block(4096, 7);
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR, 0600);
  if (file < 0) {
    return false;
  }
  bool good = true;
  if (way == Way::overwrite) {
    for (std::size_t i = 0; i < count; ++i) {
      good = good && write(file, block.data(), block.size()) == 4096;
    }
    good = good && fsync(file) == 0 && lseek(file, 0, SEEK_SET) == 0;
  }
  std::vector<double> latencies;
  const double began = now_s();
  for (std::size_t i = 0; good && i < count; ++i) {
    const double turn = now_s();
    good = write(file, block.data(), block.size()) == 4096;
    good = good && (way == Way::append_fsync ? fsync(file) : fdatasync(file)) == 0;
    latencies.push_back(now_s() - turn);
  }
  const double wall = now_s() - began;
  close(file);
  unlink(path.c_str());
  if (!good) {
    return false;
  }
  std::sort(latencies.begin(), latencies.end());
  std::printf(
      "{\"peer\":\"disk\",\"s\":\"probe\",\"variant\":\"%s\",\"per_s\":%.0f,\"p50_ms\":%.3f,\"p99_"
      "ms\":%.3f}\n",
      name, static_cast<double>(count) / wall, latencies[count / 2] * 1e3,
      latencies[count * 99 / 100] * 1e3);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string path = std::string(argc > 1 ? argv[1] : ".") + "/disk_probe.tmp";
  const auto count = static_cast<std::size_t>(std::max(1, argc > 2 ? std::atoi(argv[2]) : 1000));
  const bool good = probe(path, count, Way::append, "append 4 KiB + fdatasync") &&
                    probe(path, count, Way::overwrite, "overwrite 4 KiB + fdatasync") &&
                    probe(path, count, Way::append_fsync, "append 4 KiB + fsync");
  if (!good) {
    std::perror("disk_probe");
  }
  return good ? 0 : 1;
}

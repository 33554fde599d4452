// SPDX-License-Identifier: Apache-2.0
#include "core/platform/sqlite/transaction_probe.hpp"

#if defined(DAYBOOK_PLANTABLE) && DAYBOOK_PLANTABLE

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace daybook::sqlite {
namespace {

// Null when no test is looking.
volatile std::uint8_t* open_probe() {
  const char* path = std::getenv("DAYBOOK_TRANSACTION_PROBE");
  if (path == nullptr) return nullptr;
  const int file = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ::ftruncate(file, 1) != 0) return nullptr;
  void* page = ::mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return page == MAP_FAILED ? nullptr : static_cast<volatile std::uint8_t*>(page);
}

}  // namespace

void show_phase(TransactionPhase phase) {
  static volatile std::uint8_t* const probe = open_probe();
  if (probe != nullptr) *probe = static_cast<std::uint8_t>(phase);
}

}  // namespace daybook::sqlite

#endif

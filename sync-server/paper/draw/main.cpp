// SPDX-License-Identifier: Apache-2.0
// daybook-paper: one print job on standard input, its PDF on standard output. Started by daybookd
// for each job (press.hpp), so that fonts, their libraries and whatever people typed stay out of
// the server: it takes away from itself what it does not need, and ends after one job. Exit codes:
// 0 done; 1 the job cannot be printed, with "code field detail" on standard error.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "sync-server/paper/draw/draw.hpp"

namespace {

using namespace daybook;

void limit(int what, rlim_t to) {
  const rlimit bound{to, to};
  static_cast<void>(::setrlimit(static_cast<__rlimit_resource>(what), &bound));
}

// Where a unit lets nobody set limits these stay as they are; the server's deadline holds anyway.
void give_up_rights() {
  static_cast<void>(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);  // it writes no file
  limit(RLIMIT_NOFILE, 64);
  limit(RLIMIT_CPU, 20);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  limit(RLIMIT_AS, rlim_t{1} << 30);
#endif
}

Result<Bytes> read_job() {
  Bytes job;
  std::uint8_t piece[64 << 10];
  for (;;) {
    const auto got = ::read(STDIN_FILENO, piece, sizeof piece);
    if (got < 0) return failure(Errc::kIo, "input");
    if (got == 0) return job;
    if (job.size() + static_cast<std::size_t>(got) > kPrintJobMax)
      return failure(Errc::kTooLarge, "job");
    job.insert(job.end(), piece, piece + got);
  }
}

Result<void> print() {
  DAYBOOK_ASSIGN(const auto bytes, read_job());
  DAYBOOK_ASSIGN(const auto job, decode_print_job(bytes));
  DAYBOOK_ASSIGN(const auto pdf, draw_pdf(job));
  for (std::size_t at = 0; at < pdf.size();) {
    const auto put = ::write(STDOUT_FILENO, pdf.data() + at, pdf.size() - at);
    if (put <= 0) return failure(Errc::kIo, "output");
    at += static_cast<std::size_t>(put);
  }
  return {};
}

}  // namespace

int main() {
  give_up_rights();
  const auto printed = print();
  if (printed.ok()) return 0;
  const auto& why = printed.error();
  std::fprintf(stderr, "%d\n%s\n%s\n", static_cast<int>(why.code), why.field.c_str(),
               why.detail.c_str());
  return 1;
}

// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/password.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>

namespace daybook::cli {
namespace {

constexpr std::size_t kPasswordSizeMax = 1024;

class TerminalWithoutEcho {
 public:
  explicit TerminalWithoutEcho(int file) : file_(file) {
    if (::tcgetattr(file_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(file_, TCSAFLUSH, &silent) == 0;
  }
  ~TerminalWithoutEcho() {
    if (changed_) ::tcsetattr(file_, TCSAFLUSH, &before_);
  }
  TerminalWithoutEcho(const TerminalWithoutEcho&) = delete;
  TerminalWithoutEcho& operator=(const TerminalWithoutEcho&) = delete;

 private:
  int file_;
  termios before_{};
  bool changed_ = false;
};

Result<std::string> from_file(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) return failure(Errc::kIo, "password-file", path);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace

Result<std::string> read_password(const std::string& file, const std::string& prompt) {
  if (!file.empty()) return from_file(file);
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0)
    return failure(Errc::kInvalid, "password", "no terminal to ask at; use --password-file");
  std::string line;
  {
    const TerminalWithoutEcho quiet(terminal);
    if (::write(terminal, prompt.data(), prompt.size()) < 0)
      return failure(Errc::kIo, "password", "terminal");
    char c = 0;
    while (line.size() < kPasswordSizeMax && ::read(terminal, &c, 1) == 1 && c != '\n') line += c;
  }
  const bool ended = ::write(terminal, "\n", 1) == 1;
  ::close(terminal);
  if (!ended || line.empty()) return failure(Errc::kInvalid, "password", "empty");
  return line;
}

}  // namespace daybook::cli

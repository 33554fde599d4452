// SPDX-License-Identifier: Apache-2.0
#include "sync-server/paper/press.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>

namespace daybook {
namespace {

constexpr std::size_t kPdfMax = 32 << 20;
constexpr std::size_t kComplaintMax = 4 << 10;

class Handle {
 public:
  explicit Handle(int number = -1) : number_(number) {}
  Handle(Handle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Handle() { close(); }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  int number() const { return number_; }

 private:
  int number_;
};

struct Pair {
  Handle ours, theirs;
};

// Sockets and not pipes: to send on one whose reader has died is an error and not a signal.
std::optional<Pair> make_pair_of_ends() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return std::nullopt;
  Pair pair{Handle(ends[0]), Handle(ends[1])};
  static_cast<void>(::fcntl(ends[0], F_SETFL, O_NONBLOCK));
  return pair;
}

// Whoever was started is waited for, and killed first when it did not end by itself.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    if (pid_ > 0) wait();
  }
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

std::string found_program() {
  std::array<char, 4096> path{};
  const auto size = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  if (size <= 0) return "daybook-paper";
  const std::string self(path.data(), static_cast<std::size_t>(size));
  const auto folder = self.substr(0, self.rfind('/'));
  const std::string installed = folder + "/../libexec/daybook/daybook-paper";
  const std::string beside = folder + "/daybook-paper";
  return ::access(beside.c_str(), X_OK) == 0 ? beside : installed;
}

// What the process is told of the world: where fonts are described, if that is not the usual place.
struct Surroundings {
  std::vector<std::string> texts;
  std::vector<char*> pointers;

  Surroundings() : texts{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"} {
    for (const char* name : {"FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH"}) {
      if (const char* value = std::getenv(name); value != nullptr)
        texts.push_back(std::string(name) + "=" + value);
    }
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
  }
};

Result<pid_t> start(const std::string& program, const Handle& in, const Handle& out,
                    const Handle& complaints) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t ways;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&ways);
  posix_spawn_file_actions_adddup2(&files, in.number(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out.number(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, complaints.number(), STDERR_FILENO);
  // Nothing of the server is open in it: no book, no connection, no key.
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t none, usual;
  sigemptyset(&none);
  sigfillset(&usual);
  posix_spawnattr_setsigmask(&ways, &none);
  posix_spawnattr_setsigdefault(&ways, &usual);
  posix_spawnattr_setflags(&ways, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = program;
  char* arguments[] = {name.data(), nullptr};
  Surroundings around;
  pid_t pid = -1;
  const int failed =
      ::posix_spawn(&pid, program.c_str(), &files, &ways, arguments, around.pointers.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&ways);
  if (failed == ENOENT || failed == EACCES)
    return failure(Errc::kNotSupported, "daybook-paper", "is not installed at " + program);
  if (failed != 0) return failure(Errc::kIo, "daybook-paper", std::strerror(failed));
  return pid;
}

// Gives the job and takes what comes until both outputs end.
class Exchange {
 public:
  Exchange(BytesView job, Handle in, Handle out, Handle complaints)
      : job_(job), in_(std::move(in)), out_(std::move(out)), complaints_(std::move(complaints)) {}

  Result<void> run() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPressTimeMs);
    while (out_.number() >= 0 || complaints_.number() >= 0) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      if (left.count() <= 0) return failure(Errc::kTimedOut, "daybook-paper");
      pollfd ends[] = {{in_.number(), POLLOUT, 0},
                       {out_.number(), POLLIN, 0},
                       {complaints_.number(), POLLIN, 0}};
      if (::poll(ends, 3, static_cast<int>(left.count())) < 0 && errno != EINTR)
        return failure(Errc::kIo, "daybook-paper", "poll");
      if (ends[0].revents != 0) give();
      if (ends[1].revents != 0 && !hear(out_, pdf, kPdfMax)) return failure(Errc::kTooLarge, "pdf");
      if (ends[2].revents != 0) static_cast<void>(hear(complaints_, said, kComplaintMax));
    }
    return {};
  }

  Bytes pdf, said;

 private:
  void give() {
    const auto put = ::send(in_.number(), job_.data() + given_, job_.size() - given_, MSG_NOSIGNAL);
    if (put > 0) given_ += static_cast<std::size_t>(put);
    const bool broken = put < 0 && errno != EAGAIN && errno != EINTR;
    if (broken || given_ == job_.size()) in_.close();
  }
  // False when more comes than may; what is beyond is not kept.
  static bool hear(Handle& from, Bytes& into, std::size_t most) {
    std::array<std::uint8_t, 64 << 10> piece;
    const auto got = ::read(from.number(), piece.data(), piece.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (got <= 0) {
      from.close();
      return true;
    }
    if (into.size() + static_cast<std::size_t>(got) > most) return false;
    into.insert(into.end(), piece.data(), piece.data() + got);
    return true;
  }

  BytesView job_;
  std::size_t given_ = 0;
  Handle in_, out_, complaints_;
};

// "code\nfield\ndetail\n", as daybook-paper says it.
Error said_error(BytesView said) {
  const std::string text(said.begin(), said.end());
  const auto first = text.find('\n');
  const auto second = text.find('\n', first == std::string::npos ? first : first + 1);
  int code = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), code);
  if (second == std::string::npos || read.ec != std::errc{})
    return failure(Errc::kInternal, "daybook-paper", text.substr(0, 200));
  auto detail = text.substr(second + 1, 200);
  while (!detail.empty() && detail.back() == '\n') detail.pop_back();
  return failure(static_cast<Errc>(code), text.substr(first + 1, second - first - 1), detail);
}

}  // namespace

Press::Press(std::string program)
    : program_(program.empty() ? found_program() : std::move(program)) {}

Result<Bytes> Press::print(const PrintJob& job) const {
  DAYBOOK_ASSIGN(const auto bytes, encode_print_job(job));
  auto in = make_pair_of_ends();
  auto out = make_pair_of_ends();
  auto complaints = make_pair_of_ends();
  if (!in || !out || !complaints) return failure(Errc::kIo, "daybook-paper", "no sockets left");
  DAYBOOK_ASSIGN(const auto pid, start(program_, in->theirs, out->theirs, complaints->theirs));
  Child child(pid);
  in->theirs.close();
  out->theirs.close();
  complaints->theirs.close();
  Exchange exchange(bytes, std::move(in->ours), std::move(out->ours), std::move(complaints->ours));
  DAYBOOK_TRY(exchange.run());
  const int status = child.wait();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !exchange.pdf.empty())
    return std::move(exchange.pdf);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 1) return said_error(exchange.said);
  return failure(Errc::kInternal, "daybook-paper",
                 WIFSIGNALED(status) ? "ended by signal " + std::to_string(WTERMSIG(status))
                                     : "exit code " + std::to_string(WEXITSTATUS(status)));
}

}  // namespace daybook

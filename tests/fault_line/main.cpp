// SPDX-License-Identifier: Apache-2.0
// daybook-line: the bad line as a program, for the demo and the end-to-end tests. Prints the port
// it listens on as its first line, obeys the commands written to its control pipe, writes its
// counters on SIGUSR1, and ends on SIGTERM or SIGINT with the counters as its last line. README.md
// beside this file lists options and commands.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "tests/fault_line/fault_line.hpp"

namespace daybook {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kCommandBytesMax = 4096;
constexpr std::size_t kPortalBytesMax = 65536;

struct Call {
  std::string listen = "127.0.0.1:0";
  std::string to;
  std::string cut_every;
  std::string cut_spread = "0";
  std::string cut_spare;
  std::string cut_up;
  std::string lose_replies;
  std::string delay;
  std::string jitter;
  std::string rate;
  std::string portal;
  std::string control;
  std::string stats;
  std::uint64_t seed = 1;
  bool stall = false;
  bool refuse = false;
};

bool split_address(const std::string& text, std::string& host, std::uint16_t& port) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || text.size() - colon > 6) {
    return false;
  }
  host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  std::uint64_t number = 0;
  if (!parse_size(text.substr(colon + 1), number) || number > 65535) {
    return false;
  }
  port = static_cast<std::uint16_t>(number);
  return true;
}

bool load_page(const std::string& path, std::string& page, std::string& why) {
  std::ifstream file(path, std::ios::binary);
  page.assign(std::istreambuf_iterator<char>(file), {});
  if (!file.good() && !file.eof()) {
    why = "--portal: cannot read " + path;
    return false;
  }
  if (page.size() > kPortalBytesMax) {
    why = "--portal: larger than 64 KiB: " + path;
    return false;
  }
  return true;
}

// The options say the same as the commands, so they are read by the same reader.
bool read_options(const Call& call, LineOptions& options, std::string& why) {
  if (!split_address(call.listen, options.listen_host, options.listen_port)) {
    why = "--listen: not HOST:PORT: " + call.listen;
    return false;
  }
  if (!split_address(call.to, options.to_host, options.to_port) || options.to_port == 0) {
    why = "--to: not HOST:PORT: " + call.to;
    return false;
  }
  options.seed = call.seed;
  const std::array<std::pair<const char*, const std::string&>, 6> words{
      {{"cut-spare", call.cut_spare},
       {"cut-up", call.cut_up},
       {"lose-replies", call.lose_replies},
       {"delay", call.delay},
       {"jitter", call.jitter},
       {"rate", call.rate}}};
  LineAct act = LineAct::none;
  for (const auto& [word, value] : words) {
    if (!value.empty() &&
        !read_command(std::string(word) + ' ' + value, options.faults, act, why)) {
      return false;
    }
  }
  if (!call.cut_every.empty() &&
      !read_command("cut-every " + call.cut_every + ' ' + call.cut_spread, options.faults, act,
                    why)) {
    return false;
  }
  if (!call.portal.empty()) {
    options.faults.mode = LineMode::portal;
    if (call.portal != "default" && !load_page(call.portal, options.portal_page, why)) {
      return false;
    }
  }
  options.faults.mode = call.stall ? LineMode::stall : options.faults.mode;
  options.faults.mode = call.refuse ? LineMode::no_signal : options.faults.mode;
  return true;
}

void describe(CLI::App& app, Call& call) {
  app.add_option("--listen", call.listen, "HOST:PORT to listen on, port 0 takes a free one")
      ->capture_default_str();
  app.add_option("--to", call.to, "HOST:PORT of the server behind the line")->required();
  app.add_option("--cut-every", call.cut_every,
                 "reset each connection after this many bytes, e.g. 2kB");
  app.add_option("--cut-spread", call.cut_spread,
                 "draw each limit within this many percent of --cut-every");
  app.add_option("--cut-spare", call.cut_spare,
                 "bytes at the start of a connection that do not count");
  app.add_option("--cut-up", call.cut_up, "reset each connection after this many bytes up");
  app.add_option("--lose-replies,--drop-replies", call.lose_replies,
                 "swallow the next N replies, or all");
  app.add_option("--delay-ms", call.delay, "milliseconds each way");
  app.add_option("--jitter-ms", call.jitter, "up to so many more, under the seed");
  app.add_option("--rate", call.rate, "bits a second each way, e.g. 64kbit");
  app.add_option("--seed", call.seed, "decides spread and jitter")->capture_default_str();
  app.add_flag("--stall", call.stall, "begin half-open: connected, and nothing moves");
  app.add_flag("--refuse", call.refuse, "begin with no signal");
  app.add_option("--portal", call.portal, "begin as a captive portal with this page, or: default");
  app.add_option("--control", call.control,
                 "path of the pipe to read commands from; made if it is not there");
  app.add_option("--stats", call.stats,
                 "file for the counters, replaced as a whole on stats, SIGUSR1 and at the end");
}

// The program around the line. Lives on the main thread.
class Switchboard {
 public:
  Switchboard(FaultLine& line, const Call& call) : line_(line), stats_path_(call.stats) {
    end_.async_wait([this](boost::system::error_code error, int) {
      if (!error) {
        io_.stop();
      }
    });
    await_usr1();
  }

  bool open_control(const std::string& path, std::string& why) {
    if (path.empty()) {
      return true;
    }
    if (mkfifo(path.c_str(), 0600) == 0) {
      made_pipe_ = path;
    }
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || !S_ISFIFO(status.st_mode)) {
      why = "--control: not a pipe: " + path;
      return false;
    }
    // Opened for writing as well, so that the pipe does not end whenever a writer closes it.
    const int pipe = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (pipe < 0) {
      why = "--control: cannot open " + path;
      return false;
    }
    control_.assign(pipe);
    read_control();
    return true;
  }

  void run() {
    io_.run();
    write_counters();
    if (!made_pipe_.empty()) {
      unlink(made_pipe_.c_str());
    }
  }

 private:
  void await_usr1() {
    report_.async_wait([this](boost::system::error_code error, int) {
      if (!error) {
        write_counters();
        await_usr1();
      }
    });
  }

  void read_control() {
    control_.async_read_some(
        asio::buffer(buffer_), [this](boost::system::error_code error, std::size_t count) {
          if (error) {
            std::fprintf(stderr, "daybook-line: control pipe: %s\n", error.message().c_str());
            return;
          }
          pending_.append(buffer_.data(), count);
          for (std::size_t end = pending_.find('\n'); end != std::string::npos;
               end = pending_.find('\n')) {
            obey(pending_.substr(0, end));
            pending_.erase(0, end + 1);
          }
          if (pending_.size() > kCommandBytesMax) {
            std::fprintf(stderr, "daybook-line: a command over 4 KiB was thrown away\n");
            pending_.clear();
          }
          read_control();
        });
  }

  void obey(const std::string& command) {
    LineFaults faults = line_.faults();
    LineAct act = LineAct::none;
    std::string why;
    if (!read_command(command, faults, act, why)) {
      std::fprintf(stderr, "daybook-line: %s\n", why.c_str());
      return;
    }
    if (act == LineAct::none) {
      return;
    }
    ++commands_;
    if (act == LineAct::drop) {
      line_.drop_connections();
    } else if (act == LineAct::change && !line_.apply(faults)) {
      std::fprintf(stderr, "daybook-line: cannot listen again\n");
      io_.stop();
    } else if (act == LineAct::stats) {
      write_counters();
    }
  }

  void write_counters() {
    const std::string text =
        print_counters(line_.counters(), line_.faults().mode, commands_) + '\n';
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
    if (stats_path_.empty()) {
      return;
    }
    // Written beside and moved into place, so that a reader never sees half a line.
    const std::string beside = stats_path_ + ".new";
    std::ofstream(beside, std::ios::binary) << text;
    if (std::rename(beside.c_str(), stats_path_.c_str()) != 0) {
      std::fprintf(stderr, "daybook-line: cannot write %s\n", stats_path_.c_str());
    }
  }

  FaultLine& line_;
  std::string stats_path_;
  std::string made_pipe_;
  asio::io_context io_{1};
  asio::signal_set end_{io_, SIGTERM, SIGINT};
  asio::signal_set report_{io_, SIGUSR1};
  asio::posix::stream_descriptor control_{io_};
  std::array<char, 512> buffer_{};
  std::string pending_;
  std::uint64_t commands_ = 0;
};

int run(int argc, char** argv) {
  CLI::App app{"A bad line between a phone and the office: forwards TCP and breaks it on purpose."};
  Call call;
  describe(app, call);
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  LineOptions options;
  std::string why;
  std::unique_ptr<FaultLine> line;
  if (read_options(call, options, why)) {
    line = FaultLine::open(options, why);
  }
  if (line == nullptr) {
    std::fprintf(stderr, "daybook-line: %s\n", why.c_str());
    return 2;
  }
  Switchboard switchboard(*line, call);
  if (!switchboard.open_control(call.control, why)) {
    std::fprintf(stderr, "daybook-line: %s\n", why.c_str());
    return 2;
  }
  std::printf("%u\n", static_cast<unsigned>(line->port()));
  std::fflush(stdout);
  switchboard.run();
  return 0;
}

}  // namespace

}  // namespace daybook

int main(int argc, char** argv) { return daybook::run(argc, argv); }

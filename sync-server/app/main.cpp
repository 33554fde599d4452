// SPDX-License-Identifier: Apache-2.0
// daybookd: headquarters' server. `init` makes a directory, `serve` runs it, `restore` puts a
// backup back, `doctor`, `verify`, `drill` and `migrate` are an operator's; `--check-config` reads
// everything and changes nothing.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "core/base/hex.hpp"
#include "core/platform/os_rng.hpp"
#include "core/platform/system_clock.hpp"
#include "sync-server/app/init.hpp"
#include "sync-server/app/keeping.hpp"
#include "sync-server/app/keeping_commands.hpp"
#include "sync-server/app/serve.hpp"
#include "sync-server/ops/restore.hpp"

namespace {

using namespace daybook;

int complain(const Error& error, const std::string& what_to_do) {
  std::cerr << "daybookd: " << to_string(error) << "\n" << what_to_do << "\n";
  return 1;
}

int run_init(InitOptions options, const std::string& password_file) {
  if (!password_file.empty()) {
    std::ifstream file(password_file);
    if (!std::getline(file, options.admin_password) || options.admin_password.empty()) {
      return complain(failure(Errc::kNotFound, password_file, "holds no password"),
                      "Give a file whose first line is the password.");
    }
  }
  const auto report = init_server(options);
  if (!report.ok()) {
    return complain(report.error(),
                    "Nothing was overwritten. Choose another --dir, or remove what is there if it "
                    "is not needed.");
  }
  std::cout << "A new server in " << options.directory
            << "\n  pin of its key: " << to_base64url(report->pin.view())
            << "\n  administrator:  " << options.admin;
  if (!report->admin_password.empty())
    std::cout << ", password " << report->admin_password << " (shown only now)";
  std::cout << "\nNext: daybookd serve --dir " << options.directory << "\n";
  return 0;
}

int run_serve(const std::string& directory, bool check_only) {
  const auto config = load_config(directory);
  if (!config.ok())
    return complain(
        config.error(),
        "Mend the configuration, or make a server with: daybookd init --dir " + directory);
  if (check_only) {
    const auto checked = check_config(*config);
    if (!checked.ok()) return complain(checked.error(), "The server would not start like this.");
    std::cout << "The configuration is good.\n";
    return 0;
  }
  const auto served = serve(*config);
  if (!served.ok())
    return complain(served.error(),
                    "The server has stopped. What is named above must be mended first.");
  return 0;
}

int run_restore(const std::string& directory, const std::string& backup) {
  const auto config = load_config(directory);
  if (!config.ok()) return complain(config.error(), "Restore needs the directory of a server.");
  SystemClock clock;
  OsRng rng;
  const auto report = restore_store(config->path_of(config->store), backup, clock, rng);
  if (!report.ok())
    return complain(
        report.error(),
        "Stop daybookd first, and give a backup made by `daybook backup`. Nothing was changed.");
  std::cout << "Restored to commit " << report->restored.version << "; a new epoch begins here.\n";
  if (report->lost_from > 0) {
    std::cout << "Commits " << report->lost_from << " to " << report->lost_through
              << " are not in this backup. Phones send theirs again at their next contact; the "
                 "rest is listed by `daybook cases list`.\n";
  }
  if (!report->kept_aside.empty())
    std::cout << "The store that was there is kept as " << report->kept_aside << "\n";
  const auto contents = bring_back_contents(*config, backup);
  if (!contents.ok())
    return complain(contents.error(),
                    "The book is restored; its attachments are not. Mend what is named and run the "
                    "same command again: it goes on.");
  std::cout << contents->contents << " attachments belong to it: " << contents->copied
            << " brought back, " << contents->missing
            << " missing; phones that have them bring them again.\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"daybookd: the server of Daybook"};
  std::string directory = "/var/lib/daybook";
  bool check_only = false;
  app.add_option("--dir", directory, "the server's directory")->capture_default_str();
  app.add_flag("--check-config", check_only,
               "read configuration, key, schema and store; change nothing");
  app.require_subcommand(0, 1);

  InitOptions options;
  std::string password_file;
  auto* init = app.add_subcommand(
      "init", "make a new server: directory, key, certificate, store, first administrator");
  init->add_option("--dir", directory, "where");
  init->add_option("--name", options.name, "host name that phones use");
  init->add_option("--address", options.address, "address to listen on")->capture_default_str();
  init->add_option("--port", options.port, "port to listen on; 0 takes a free one")
      ->capture_default_str();
  init->add_option("--admin", options.admin, "login of the first administrator")
      ->capture_default_str();
  init->add_option("--admin-password-file", password_file,
                   "file whose first line is the password; else one is drawn");
  init->add_option("--schema", options.schema, "schema file to use instead of the built-in one");
  init->add_option("--overlay", options.overlay, "file of your own additions to the schema");

  auto* serving = app.add_subcommand("serve", "run the server");
  serving->add_option("--dir", directory, "the server's directory");
  serving->add_flag("--check-config", check_only, "only check");

  std::string backup;
  auto* restore = app.add_subcommand("restore", "put a backup back (the server must be stopped)");
  restore->add_option("--dir", directory, "the server's directory");
  restore->add_option("backup", backup, "file made by `daybook backup`")->required();

  bool quick = false;
  bool json = false;
  auto* doctor =
      app.add_subcommand("doctor", "look at everything the server stands on and say what to do");
  doctor->add_option("--dir", directory, "the server's directory");
  doctor->add_flag("--quick", quick, "leave out what reads the whole store");
  doctor->add_flag("--json", json, "for programs");
  auto* verify =
      app.add_subcommand("verify", "prove a backup: every byte, every link of the chain");
  verify->add_option("backup", backup, "file made by `daybook backup`")->required();
  auto* drill =
      app.add_subcommand("drill", "rehearse a restore in a scratch folder; changes nothing");
  drill->add_option("--dir", directory, "the server's directory");
  drill->add_option("backup", backup, "file made by `daybook backup`")->required();
  bool dry = false;
  auto* migrate = app.add_subcommand(
      "migrate", "bring the store to this build's format (the server must be stopped)");
  migrate->add_option("--dir", directory, "the server's directory");
  migrate->add_flag("--dry-run", dry,
                    "on a copy that is removed afterwards; beside a serving daybookd too");

  CLI11_PARSE(app, argc, argv);
  options.directory = directory;
  if (init->parsed()) return run_init(options, password_file);
  if (restore->parsed()) return run_restore(directory, backup);
  if (verify->parsed()) return run_verify(backup);
  const bool keeping = doctor->parsed() || drill->parsed() || migrate->parsed();
  if (keeping) {
    const auto config = load_config(directory);
    if (!config.ok()) return complain(config.error(), "Name the server's directory with --dir.");
    if (doctor->parsed()) return run_doctor(*config, quick, json);
    if (drill->parsed()) return run_drill(*config, backup);
    return run_migrate(*config, dry);
  }
  return run_serve(directory, check_only);
}

// SPDX-License-Identifier: Apache-2.0
// A folder for one test, gone when the test is, and whole files as bytes.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/ensure.hpp"
#include "core/platform/sqlite/statement.hpp"

namespace daybook::test {

class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "daybook-sqlite-XXXXXX").string();
    ensure(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  sqlite::OpenOptions file(const std::string& name = "test.db") const {
    sqlite::OpenOptions options;
    options.path = path(name);
    return options;
  }

 private:
  std::filesystem::path folder_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_content(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// REQUIRES: it opens.
inline std::unique_ptr<sqlite::Connection> opened(const sqlite::OpenOptions& options) {
  auto connection = sqlite::Connection::open(options);
  if (!connection.ok()) throw std::runtime_error(to_string(connection.error()));
  return std::move(connection).value();
}

}  // namespace daybook::test

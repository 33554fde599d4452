// SPDX-License-Identifier: Apache-2.0
// Folders and files as the stores of attachments need them: opened once and then only reached
// through what is open, so that a path which somebody turns into a symbolic link leads nowhere.
// Folders are made 0700, files 0600. Blocking; any thread, several at a time.
//
// Errors: kDiskFull for a disk or quota without room, kIo for the rest; the detail says what was
// tried on which name and what the system answered.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

// Closes with its owner.
class OpenFile {
 public:
  OpenFile(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();

  int fd() const { return fd_; }
  const std::string& name() const { return name_; }

  Result<std::uint64_t> size() const;
  Result<bool> has_other_names() const;
  // As many bytes as there are from `offset`, at most those of `into`.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const;
  Result<void> write_at(std::uint64_t offset, BytesView bytes) const;  // all of them, or an error
  Result<void> cut_at(std::uint64_t size) const;
  // Bytes and size are on the disk when this returns; the name is the folder's (Folder::sync).
  Result<void> sync() const;

 private:
  int fd_;
  std::string name_;
};

class Folder {
 public:
  // Makes it where it is missing, but not what it lies in. The path is the operator's: symbolic
  // links in it are followed, in what lies below it they are not.
  static Result<Folder> open(const std::string& path);
  // Made where it is missing; sync() then makes that durable.
  Result<Folder> subfolder(const std::string& name) const;
  Result<std::optional<Folder>> find_subfolder(const std::string& name) const;

  Result<std::optional<OpenFile>> find(const std::string& name) const;  // to read
  Result<OpenFile> open_or_make(const std::string& name) const;         // to read and write
  // Empty for what is not there or is no plain file.
  Result<std::optional<std::uint64_t>> size_of(const std::string& name) const;
  Result<void> rename(const std::string& from, const std::string& to) const;
  // Replaces what has the name there.
  Result<void> move(const std::string& from, const Folder& target, const std::string& to) const;
  // A second name for the same file: true when it is given, false when the name is taken. Where a
  // file can have only one name, it moves.
  Result<bool> lend(const std::string& from, const Folder& target, const std::string& to) const;
  Result<void> remove(const std::string& name) const;  // nothing there: no error
  // In no order, without "." and "..". A name that changes meanwhile may be missed or come twice.
  Result<std::vector<std::string>> names() const;
  Result<void> sync() const;  // names as they are now are on the disk when this returns

 private:
  explicit Folder(OpenFile file) : file_(std::move(file)) {}
  std::string path_of(const std::string& name) const { return file_.name() + "/" + name; }

  OpenFile file_;
};

}  // namespace daybook

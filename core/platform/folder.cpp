// SPDX-License-Identifier: Apache-2.0
#include "core/platform/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "core/platform/system_error.hpp"

namespace daybook {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

Result<void> sync_folder(int fd, const std::string& name) {
  if (fsync(fd) == 0) return {};
  return system_failure(errno, "sync", name);
}

}  // namespace

Result<Folder> Folder::open(const std::string& path) {
  const bool made = ::mkdir(path.c_str(), kFolderMode) == 0;
  if (!made && errno != EEXIST) return system_failure(errno, "make", path);
  const int fd = ::open(path.c_str(), kFolderFlags);
  if (fd < 0) return system_failure(errno, "open", path);
  Folder folder(OpenFile(fd, path));
  if (made) {
    const OpenFile parent(openat(fd, "..", kFolderFlags), path + "/..");
    if (parent.fd() < 0) return system_failure(errno, "open", parent.name());
    DAYBOOK_TRY(sync_folder(parent.fd(), parent.name()));
  }
  return folder;
}

Result<std::optional<Folder>> Folder::find_subfolder(const std::string& name) const {
  const int fd = openat(file_.fd(), name.c_str(), kFolderFlags | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) return std::optional<Folder>();
  if (fd < 0) return system_failure(errno, "open", path_of(name));
  return std::optional<Folder>(Folder(OpenFile(fd, path_of(name))));
}

Result<Folder> Folder::subfolder(const std::string& name) const {
  DAYBOOK_ASSIGN(auto found, find_subfolder(name));
  if (!found && mkdirat(file_.fd(), name.c_str(), kFolderMode) != 0 && errno != EEXIST)
    return system_failure(errno, "make", path_of(name));
  if (!found) {
    DAYBOOK_ASSIGN(found, find_subfolder(name));
  }
  if (!found) return system_failure(ENOENT, "open", path_of(name));
  return std::move(*found);
}

Result<std::optional<OpenFile>> Folder::find(const std::string& name) const {
  // A pipe of that name must not make us wait for a writer.
  const int fd = openat(file_.fd(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::optional<OpenFile>();
  if (fd < 0) return system_failure(errno, "open", path_of(name));
  return std::optional<OpenFile>(OpenFile(fd, path_of(name)));
}

Result<OpenFile> Folder::open_or_make(const std::string& name) const {
  const int fd = openat(file_.fd(), name.c_str(),
                        O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kFileMode);
  if (fd < 0) return system_failure(errno, "open", path_of(name));
  return OpenFile(fd, path_of(name));
}

Result<std::optional<std::uint64_t>> Folder::size_of(const std::string& name) const {
  struct stat seen {};
  if (fstatat(file_.fd(), name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::optional<std::uint64_t>();
    return system_failure(errno, "look at", path_of(name));
  }
  if (!S_ISREG(seen.st_mode)) return std::optional<std::uint64_t>();
  return std::optional<std::uint64_t>(static_cast<std::uint64_t>(seen.st_size));
}

Result<void> Folder::rename(const std::string& from, const std::string& to) const {
  return move(from, *this, to);
}

Result<void> Folder::move(const std::string& from, const Folder& target,
                          const std::string& to) const {
  if (renameat(file_.fd(), from.c_str(), target.file_.fd(), to.c_str()) == 0) return {};
  return system_failure(errno, "rename", path_of(from));
}

Result<bool> Folder::lend(const std::string& from, const Folder& target,
                          const std::string& to) const {
  if (linkat(file_.fd(), from.c_str(), target.file_.fd(), to.c_str(), 0) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
    return system_failure(errno, "link", path_of(from));
  DAYBOOK_ASSIGN(const auto taken, target.size_of(to));
  if (taken) return false;
  DAYBOOK_TRY(move(from, target, to));
  return true;
}

Result<void> Folder::remove(const std::string& name) const {
  if (unlinkat(file_.fd(), name.c_str(), 0) == 0 || errno == ENOENT) return {};
  return system_failure(errno, "remove", path_of(name));
}

Result<std::vector<std::string>> Folder::names() const {
  // A descriptor of its own: a place in the list belongs to the descriptor, and others list too.
  const int fd = openat(file_.fd(), ".", kFolderFlags);
  if (fd < 0) return system_failure(errno, "list", file_.name());
  const std::unique_ptr<DIR, CloseFolder> listed(fdopendir(fd));
  if (listed == nullptr) {
    const int reason = errno;
    close(fd);
    return system_failure(reason, "list", file_.name());
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* const entry = readdir(listed.get());
    if (entry == nullptr && errno != 0) return system_failure(errno, "list", file_.name());
    if (entry == nullptr) return names;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
}

Result<void> Folder::sync() const { return sync_folder(file_.fd(), file_.name()); }

}  // namespace daybook

// SPDX-License-Identifier: Apache-2.0
#include "tools/evidence/bundle.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace daybook::evidence {
namespace {

namespace fs = std::filesystem;

Result<void> write_file(const std::string& path, BytesView bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.close();
  return file ? success() : failure(Errc::kIo, path, "cannot be written");
}

Result<Bytes> read_file(const std::string& path) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  if (failed) return failure(Errc::kIo, path, failed.message());
  if (size > kBundleSizeMax) return failure(Errc::kTooLarge, path, "more than 2 GiB");
  std::ifstream file(path, std::ios::binary);
  Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || bytes.size() != size) return failure(Errc::kIo, path, "cannot be read");
  return bytes;
}

}  // namespace

bool is_file_name(std::string_view name) {
  if (name.empty() || name.size() > kNameMax || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

Result<void> write_folder(const Bundle& bundle, const std::string& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) return failure(Errc::kIo, path, failed.message());
  // Files of another bundle between these would be evidence of nothing.
  if (!fs::is_empty(path, failed)) return failure(Errc::kAlreadyExists, path, "is not empty");
  for (const auto& [name, bytes] : bundle) DAYBOOK_TRY(write_file(path + "/" + name, bytes));
  return success();
}

Result<void> write_tar(const Bundle& bundle, const std::string& path) {
  const std::string partial = path + ".partial";
  DAYBOOK_TRY(write_file(partial, tar_of(bundle)));
  std::error_code failed;
  fs::rename(partial, path, failed);
  return failed ? failure(Errc::kIo, path, failed.message()) : success();
}

Result<Bundle> read_folder(const std::string& path) {
  std::error_code failed;
  Bundle bundle;
  for (fs::directory_iterator entry(path, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (!is_file_name(name) || !entry->is_regular_file(failed))
      return failure(Errc::kInvalid, name, "no bundle has such a file");
    if (bundle.size() >= kFilesMax) return failure(Errc::kTooLarge, path, "too many files");
    DAYBOOK_ASSIGN(bundle[name], read_file(entry->path().string()));
  }
  if (failed) return failure(Errc::kIo, path, failed.message());
  return bundle;
}

Result<Bundle> read_tar(const std::string& path) {
  DAYBOOK_ASSIGN(const auto bytes, read_file(path));
  return untar(bytes);
}

}  // namespace daybook::evidence

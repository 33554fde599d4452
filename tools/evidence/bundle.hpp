// SPDX-License-Identifier: Apache-2.0
// A bundle of evidence as files in one folder, or the same as one tar archive that any `tar`
// unpacks. Equal bundles have equal bytes. Used by the commands and by checking. One thread.
#pragma once

#include <map>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace daybook::evidence {

// By name. Names are letters, digits, "-", "_" and ".", no folders, so that nothing that is
// unpacked lies anywhere else.
using Bundle = std::map<std::string, Bytes>;

inline constexpr std::size_t kNameMax = 99;
inline constexpr std::size_t kFilesMax = 2'000;
inline constexpr std::uint64_t kBundleSizeMax = std::uint64_t{2} << 30;

bool is_file_name(std::string_view name);

// A folder that is new or empty; kAlreadyExists otherwise.
Result<void> write_folder(const Bundle& bundle, const std::string& path);
Result<void> write_tar(const Bundle& bundle, const std::string& path);
Result<Bundle> read_folder(const std::string& path);
Result<Bundle> read_tar(const std::string& path);

// Archive (POSIX ustar) from files and back; times, owners and modes are the same in all of them.
Bytes tar_of(const Bundle& bundle);
// Takes only what tar_of() writes.
Result<Bundle> untar(BytesView archive);

}  // namespace daybook::evidence

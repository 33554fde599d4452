// SPDX-License-Identifier: Apache-2.0
// A folder with contents on their way: the upload half of every BlobStore that stages in files.
// Blocking; several threads at a time as long as the pieces of one upload come one after the other.
// One process owns the folder.
//
// An upload is a file whose *name* says how much of it is kept: `<uuid>.<bytes>`. A piece is
// written behind what is kept and synced, then the file gets its new name, then the folder is
// synced. So what a power cut leaves behind what is kept (a size without its bytes, another file's
// old blocks: file systems differ) is never counted: the next piece cuts it off first. Without the
// number in the name the size would have to be trusted, which not every file system earns, or the
// number would need a file and a sync of its own. After a cut an upload may be one piece further
// than what was acknowledged, when the new name was on the disk already: its bytes were there
// before the name, so they are what was sent.
//
// A piece costs one sync of the file and one of the folder; the first piece needs the folder's
// anyway, for the new name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"
#include "core/platform/folder.hpp"

namespace daybook {

class UploadFolder {
 public:
  explicit UploadFolder(Folder folder) : folder_(std::move(folder)) {}

  // As in BlobStore (core/ports/blob_store.hpp).
  Result<std::uint64_t> kept(const Uuid& upload) const;
  Result<void> grow(const Uuid& upload, std::uint64_t offset, BytesView bytes) const;
  Result<Bytes> head(const Uuid& upload, std::size_t size_max) const;
  Result<void> drop(
      const Uuid& upload) const;  // a power cut may bring it back: it is dropped again
  Result<std::vector<Uuid>> uploads() const;

  // The bytes of an upload of which all is there, exactly `size`, to be read; hashed block by block
  // on the way. kInvalid at "size", kWrongHash: then the upload is as it was. Size 0 needs no
  // upload.
  Result<OpenFile> verified(const Uuid& upload, const Digest& digest, std::uint64_t size) const;
  // A second name for what was verified; false when the name is taken (Folder::lend).
  Result<bool> lend(const Uuid& upload, std::uint64_t size, const Folder& target,
                    const std::string& name) const;
  // Takes the place of what has that name.
  Result<void> move(const Uuid& upload, std::uint64_t size, const Folder& target,
                    const std::string& name) const;

 private:
  struct Place {
    std::string name;
    std::uint64_t kept = 0;
  };
  Result<std::optional<Place>> find(const Uuid& upload,
                                    std::optional<std::uint64_t> expected) const;
  Result<void> publish(const Place& place, const std::string& new_name) const;

  Folder folder_;
};

}  // namespace daybook

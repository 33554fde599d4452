// SPDX-License-Identifier: Apache-2.0
// The shape limits of a change set, the same on both sides: commit() on the phone checks them
// before it acknowledges, the server checks them again. They may be raised, never lowered below
// what any published client accepts (a set that was acknowledged must fit for ever).
#pragma once

#include <cstddef>
#include <cstdint>

namespace daybook {

inline constexpr std::size_t kBodySizeMax = 1 << 20;    // bytes of one encoded change set
inline constexpr std::size_t kChangesPerSetMax = 2000;  // records touched by one act
inline constexpr std::size_t kFieldsPerChangeMax = 256;
inline constexpr std::size_t kNameSizeMax =
    64;  // collection, field, actor, role, event names; bytes
inline constexpr std::size_t kValueSizeMax = 256 * 1024;  // bytes of one text or byte value
inline constexpr std::size_t kListItemsMax = 4096;
inline constexpr int kValueDepthMax = 2;  // a scalar is 1 deep, a list of scalars 2
inline constexpr std::size_t kMediaTypeSizeMax = 128;
inline constexpr std::size_t kDependsMax = 256;
inline constexpr std::size_t kClaimsMax = 256;
inline constexpr std::size_t kAttachmentsMax = 256;
inline constexpr std::size_t kBaseEpochsMax =
    16;  // different epochs that the bases of one set name
inline constexpr std::uint64_t kAttachmentSizeMax = std::uint64_t{2}
                                                    << 30;  // bytes of one attachment's content

}  // namespace daybook

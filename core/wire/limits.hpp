// SPDX-License-Identifier: Apache-2.0
// Limits of the messages, the same on both sides; what they are limits of is said in bytes unless
// it is a count. Limits of HTTP itself live in each side's net/limits.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace daybook::wire {

// A whole message, unpacked: a batch of 4 MiB, or a page, and what goes with it.
inline constexpr std::size_t kRequestSizeMax = 5 << 20;
inline constexpr std::size_t kReplySizeMax = 5 << 20;

inline constexpr std::size_t kBatchSizeMax = 4 << 20;  // all bodies of a batch together
inline constexpr std::size_t kBatchSetsMax = 4096;
inline constexpr std::size_t kBeginsMax = 64;
inline constexpr std::size_t kLadderMax = 64;
inline constexpr std::size_t kWitnessesMax = 1000;

inline constexpr std::size_t kPageSizeMax = 1
                                            << 20;  // rows of one page; a single row may exceed it
inline constexpr std::size_t kPageEntriesMax = 20000;
inline constexpr std::size_t kReceiptsPerPageMax = 4096;
inline constexpr std::size_t kScopesMax = 64;
inline constexpr std::size_t kScopeNameSizeMax = 128;  // "user:" and an actor
// One row as served, one receipt's outcome: small enough that a page of one still fits a reply.
inline constexpr std::size_t kRowSizeMax = 2 << 20;
inline constexpr std::size_t kOutcomeSizeMax = 2 << 20;
inline constexpr std::size_t kSchemaSizeMax = 1 << 20;

// With the byte that names the algorithm.
inline constexpr std::size_t kSignatureSizeMax = 128;
inline constexpr std::size_t kPublicKeySizeMax = 128;
inline constexpr std::size_t kEnrolCodeSizeMin = 16;
inline constexpr std::size_t kEnrolCodeSizeMax = 64;
inline constexpr std::size_t kDeviceTextSizeMax = 128;  // name and platform of a device
inline constexpr std::size_t kNonceSizeMax = 64;
inline constexpr std::size_t kTokenSizeMax = 64;
inline constexpr std::size_t kErrorTextSizeMax = 512;  // field and detail of an error answer

inline constexpr std::uint64_t kRatioMax = 100;  // unpacked : packed, above 64 KiB of output
inline constexpr int kWindowLogMax = 23;         // zstd window at most 8 MiB

}  // namespace daybook::wire

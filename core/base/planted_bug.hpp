// SPDX-License-Identifier: Apache-2.0
// The simulator proves its worth by finding bugs that were planted on purpose. Each is one `if
// (planted(...))` at the line that the rule protects; tests/sim switches one on at run time. In
// builds without DAYBOOK_PLANTABLE (release, packages) planted() is a constant false and the
// compiler removes the branch. Single-threaded by use: only the simulator writes the switch, before
// the world starts.
#pragma once

#include <cstdint>

namespace daybook {

enum class PlantedBug : std::uint8_t {
  kNone,
  kOwnMergeCountedAsSeen,           // a merge of our own set passes for what its author saw
  kBaseMovesUnderOverlay,           // a later set's base is the newest page, not what the user saw
  kOverlayLiftedAtAcknowledgement,  // overlay goes when "stored" arrives, before the page brings
                                    // the result
  kFlipAtFixedHead,                 // a phone shows pages before the page was complete
  kLeftSentToFreshPhone,            // `left` names a record the phone never had
  kGrantWithoutBackfill,            // a new scope starts at the phone's general position
  kIncarnationPlusOne,          // a restored phone counts its incarnation up instead of drawing it
  kLostEpochBaseTakenAsSeen,    // a base from a lost epoch counts as having seen everything
  kTieByUuid,                   // ties compare whole UUIDv7s, so the clock decides
  kAttemptCountedOnWholeGroup,  // a crash counts against every set of the group
  kProofNotCompared,            // whoever answers a challenge has the content
  kOffsetTrustedAfterFailure,   // a piece that failed counts as written
  kCutCountsAsBrought,          // a phone takes a content for brought when the line broke
  kLast = kCutCountsAsBrought,
};

#if defined(DAYBOOK_PLANTABLE) && DAYBOOK_PLANTABLE
inline PlantedBug g_planted_bug = PlantedBug::kNone;
inline bool planted(PlantedBug bug) { return g_planted_bug == bug; }
#else
constexpr bool planted(PlantedBug) { return false; }
#endif

}  // namespace daybook

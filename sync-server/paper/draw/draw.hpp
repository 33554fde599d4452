// SPDX-License-Identifier: Apache-2.0
// A print job as a PDF. Called by the process daybook-paper alone, so that fonts and their
// libraries are in no other. One thread.
#pragma once

#include "core/base/result.hpp"
#include "sync-server/paper/paper.hpp"

namespace daybook {

inline constexpr std::size_t kPdfMax = 24 << 20;  // bytes

// The same job gives the same bytes where the same fonts are installed. kNotSupported when Chinese
// cannot be written here; kTooLarge.
Result<Bytes> draw_pdf(const PrintJob& job);

}  // namespace daybook

// SPDX-License-Identifier: Apache-2.0
// What a pen drew as a picture that any browser shows. Pure.
#pragma once

#include <string>

#include "core/model/strokes.hpp"

namespace daybook::evidence {

std::string strokes_svg(const Strokes& strokes);

}  // namespace daybook::evidence

// SPDX-License-Identifier: Apache-2.0
// The API's own description, OpenAPI 3.1, as it stands in openapi.json; a test holds it against the
// routes. Constant; any thread.
#pragma once

#include <string_view>

#include "sync-server/http/message.hpp"

namespace daybook {

std::string_view openapi_text();
http::Response openapi_reply();

}  // namespace daybook

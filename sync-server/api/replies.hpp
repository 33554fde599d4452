// SPDX-License-Identifier: Apache-2.0
// Answers of headquarters' door as HTTP: JSON, pages, and errors that say what happened, to what,
// and what to do next. Pure; any thread.
#pragma once

#include <string>

#include "core/base/error.hpp"
#include "sync-server/api/json_in.hpp"
#include "sync-server/http/message.hpp"

namespace daybook {

http::Response json_reply(const Json& json, int status = 200);
// {"error":{"code","field","detail","what_to_do"}}
http::Response error_reply(const Error& error);
Json error_json(const Error& error);
// Pages run nothing and load nothing but our own style sheet.
http::Response page_reply(std::string html, int status = 200);
// A document to be looked at, saved under `file_name` (ASCII, no quotes).
http::Response pdf_reply(Bytes pdf, const std::string& file_name);
http::Response style_reply();
// The same refusals for somebody with a browser. `can_sign_in`: there is an identity provider to
// lead them to.
http::Response error_page(const Error& error, bool can_sign_in = false);

int http_status_of(const Error& error);
// The store could not; the whole group is rolled back and everybody tries again.
bool is_of_the_store(const Error& error);

}  // namespace daybook

// SPDX-License-Identifier: Apache-2.0
// What a browser is told on its way to the provider and back. Pure; any thread.
#pragma once

#include <string>

#include "core/base/error.hpp"
#include "sync-server/auth/office_sessions.hpp"
#include "sync-server/http/message.hpp"

namespace daybook {

http::Response go_to(const std::string& url);
// A link to the program that waits on this machine, with its one-time code. A link and not a
// redirect: a browser that is logged in at the provider already would otherwise hand a session to
// whatever program led it here, without its owner seeing anything.
http::Response offer_to_program(const OfficeUser& user, std::uint16_t port,
                                const OfficeToken& code);
http::Response pages_opened(const OfficeToken& session);
// What happened and what to do next, in Chinese and English. What exactly was wrong stands in the
// server's log only.
http::Response refusal_page(const Error& why);

}  // namespace daybook

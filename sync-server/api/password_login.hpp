// SPDX-License-Identifier: Apache-2.0
// How a session begins with a password: attempt counted, row read on the core thread, password
// checked aside, row read again and session opened on the core thread, so that an account that is
// closed meanwhile gets no session. Used by api_door.cpp only; every other way to a session is in
// sign_in.cpp. `begin` on the loop thread; lives as long as any login of it is under way.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sync-server/api/api_door.hpp"

namespace daybook {

class PasswordLogin : public std::enable_shared_from_this<PasswordLogin> {
 public:
  using Reply = std::function<void(http::Response)>;

  PasswordLogin(OfficeSessions& sessions, ApiDoor::Submit submit, ApiDoor::Post post,
                ApiDoor::RunAside run_aside)
      : sessions_(sessions),
        submit_(std::move(submit)),
        post_(std::move(post)),
        run_aside_(std::move(run_aside)) {}

  void begin(const Call& call, Reply reply);

 private:
  void check_password(const ActorId& actor, const std::string& peer, const std::string& password,
                      const std::optional<UserRow>& user, const Reply& reply);
  void open_session(const UserRow& checked, const std::string& peer, const Reply& reply);

  OfficeSessions& sessions_;
  ApiDoor::Submit submit_;
  ApiDoor::Post post_;
  ApiDoor::RunAside run_aside_;
};

}  // namespace daybook

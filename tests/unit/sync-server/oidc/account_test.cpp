// SPDX-License-Identifier: Apache-2.0
// Which account a person of the provider is, and who is kept out.
#include "sync-server/oidc/account.hpp"

#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Newcomers {
  OidcAdmission admit(const std::string& subject, const std::string& actor,
                      std::optional<Role> role = Role::kViewer,
                      const std::string& issuer = "https://id.example") {
    return world.within([&] {
      return must(admit_person(world.store, issuer, {subject, actor, actor, role}));
    });
  }
  void put(const UserRow& row) {
    world.within([&] { return must(world.store.put_user(row)), 0; });
  }
  std::optional<UserRow> user(const std::string& actor) {
    return must(world.store.find_user(actor));
  }
  ServerWorld world;
};

}  // namespace

TEST_CASE("oidc: an account begins when a role maps, and follows the groups", "[oidc]") {
  Newcomers office;
  CHECK_FALSE(office.admit("s1", "ada", std::nullopt).role);
  CHECK_FALSE(office.user("ada"));
  CHECK(office.admit("s1", "ada").change == "created");
  CHECK(office.user("ada")->role == "viewer");
  CHECK(office.user("ada")->password_hash.empty());
  CHECK(office.admit("s1", "ada").change.empty());
  const auto raised = office.admit("s1", "ada", Role::kAdmin);
  CHECK(raised.change == "role");
  CHECK(raised.ends_sessions);
  CHECK(office.user("ada")->role == "admin");
  const auto out = office.admit("s1", "ada", std::nullopt);
  CHECK_FALSE(out.role);
  CHECK(out.ends_sessions);
  CHECK(out.refusal.field == "role");
}

TEST_CASE("oidc: a renamed person keeps the account, and a name is nobody else's", "[oidc]") {
  Newcomers office;
  office.admit("s1", "ada");
  CHECK(office.admit("s1", "ada.lovelace").actor == "ada");
  CHECK_FALSE(office.user("ada.lovelace"));
  CHECK(office.admit("s2", "ada").refusal.field == "account");
  CHECK(office.admit("s1", "ada", Role::kViewer, "https://other.example").refusal.field ==
        "account");
}

TEST_CASE("oidc: accounts with a password are not taken over, closed ones stay closed", "[oidc]") {
  Newcomers office;
  office.put({"admin", "Admin", "admin", "scrypt$x", true});
  office.put({"li", "李娜", "support", "", true});
  office.put({"wu", "Wu", "support", "", false});
  CHECK(office.admit("s1", "admin", Role::kAdmin).refusal.field == "account");
  CHECK(office.admit("s2", "wu").refusal.field == "account");
  CHECK(office.user("wu")->role == "support");
  const auto li = office.admit("s3", "li");
  CHECK(li.change == "bound");
  CHECK(office.user("li")->role == "viewer");
  CHECK(office.user("li")->display_name == "李娜");
  office.put({"li", "李娜", "viewer", "", false});
  const auto closed = office.admit("s3", "li");
  CHECK_FALSE(closed.role);
  CHECK(closed.ends_sessions);
  // A password that an administrator gave later does not shut the person out.
  office.put({"li", "李娜", "viewer", "scrypt$x", true});
  CHECK(office.admit("s3", "li").role == Role::kViewer);
  for (const char* name : {"a b", "a/b", "", "a:b"}) {
    CHECK(office.admit("s4", name).refusal.field == "actor");
  }
}

// SPDX-License-Identifier: Apache-2.0
// Who may do what: the one table of headquarters' routes and the roles that may use them. The
// router (api) asks it for every request, and a test runs the whole matrix of routes and roles.
// What is not in the table does not exist. Constant; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook {

// kTechnician is listed so that a technician with a password has a defined, small set of rights;
// most have no password at all.
enum class Role : std::uint8_t { kAnonymous, kViewer, kTechnician, kSupport, kDispatcher, kAdmin };
inline constexpr std::size_t kRoleCount = 6;
std::string_view name_of(Role role);
// Only roles that an account can have; not "anonymous".
std::optional<Role> role_from(std::string_view name);

// Where the session comes from: a bearer token (api), a cookie (page), or none is looked for
// (open).
enum class RouteKind : std::uint8_t { kOpen, kApi, kPage };

enum class Action : std::uint8_t {
  kHealth,
  kReady,
  kLogin,
  kUseLoginCode,
  kLogout,
  kListUsers,
  kCreateUser,
  kChangeUser,
  kMakeEnrolment,
  kListDevices,
  kRevokeDevice,
  kListRecords,
  kShowRecord,
  kCreateRecord,
  kEditRecord,
  kRecordHistory,
  kFieldHistory,
  kListCases,
  kShowCase,
  kResolveCase,
  kListAlike,
  kClaimCase,
  kAssignCase,
  kAskCase,
  kAnswerCase,
  kApproveCase,
  kDeclineCase,
  kUndoCase,
  kResolveAlike,
  kListParked,
  kListBackups,
  kTakeBackup,
  kForgetBackup,
  kShowSet,
  kShowSeen,
  kMakeOpenLink,
  kStatus,
  kOpenApi,
  kShowUser,
  kShowDevice,
  kListTokens,
  kCreateToken,
  kRevokeToken,
  kListRuleSets,
  kShowRuleSet,
  kPublishRules,
  kBeginRehearsal,
  kGoOnRehearsing,
  kProposeRule,
  kVisitForm,
  kRecordPaper,
  kListAttachments,
  kReadAttachment,
  kRemoveAttachment,
  kPostSet,
  kDoAct,
  kFeed,
  kFeedLive,
  kExport,
  kSql,
  kListWebhooks,
  kCreateWebhook,
  kShowWebhook,
  kChangeWebhook,
  kForgetWebhook,
  kReplayWebhook,
  kMetrics,
  kShowLogLevel,
  kSetLogLevel,
  kReload,
  kStart,
  kStyle,
  kUseOpenLink,
  kOidcStart,
  kOidcCallback,
  kVisitsPage,
  kVisitPage,
  kVisitFormPage,
};

// What a program's token may be good for; a person's session is good for everything that the role
// allows. kNobodysToken: no token opens it, whatever it says.
enum class Scope : std::uint8_t {
  kNobodysToken,
  kAlways,  // every token
  kReadRecords,
  kWriteRecords,
  kFeed,
  kExport,
  kSql,
  kCases,
  kPhones,
  kAccounts,
  kOperate,
  kMetrics,
};
std::string_view name_of(Scope scope);
// Only those that a token can be given: "records.read", …
std::optional<Scope> scope_from(std::string_view name);
std::span<const Scope> grantable_scopes();

using ScopeSet = std::uint16_t;  // one bit a scope
constexpr ScopeSet bit(Scope scope) {
  return static_cast<ScopeSet>(1U << static_cast<unsigned>(scope));
}
inline constexpr ScopeSet kEveryScope = 0xFFFF;  // a person

using RoleSet = std::uint8_t;  // one bit a role
constexpr RoleSet bit(Role role) { return static_cast<RoleSet>(1U << static_cast<unsigned>(role)); }

struct Route {
  std::string_view method;
  std::string_view pattern;  // "{name}" stands for one path segment
  RouteKind kind = RouteKind::kApi;
  RoleSet roles = 0;
  Action action = Action::kHealth;
  Scope scope = Scope::kNobodysToken;
  std::uint32_t body_max = 0;  // bytes; 0 = no body
};

std::span<const Route> routes();

// What an action shows or changes to somebody who is bound to an organisation (territory.hpp).
enum class Reach : std::uint8_t {
  kHouse,      // is about the whole house and cannot be cut to a part of it: refused
  kTerritory,  // what belongs to his organisation; all else is not there
  kAlike,      // tells nothing of anybody's records
};
Reach reach_of(Action action);

struct RouteMatch {
  const Route* route = nullptr;         // null: no such path, or not with this method
  bool path_known = false;              // the path exists with another method
  std::vector<std::string_view> parts;  // what stood in place of "{…}", in order; views of the path
};
RouteMatch find_route(std::string_view method, std::string_view path);

constexpr bool may(Role role, const Route& route) { return (route.roles & bit(role)) != 0; }
constexpr bool may(Role role, ScopeSet scopes, const Route& route) {
  return may(role, route) && (scopes & bit(route.scope)) != 0;
}

}  // namespace daybook

// SPDX-License-Identifier: Apache-2.0
#include "sync-server/auth/policy.hpp"

#include <algorithm>
#include <array>

namespace daybook {
namespace {

constexpr RoleSet kEverybody = bit(Role::kAnonymous) | bit(Role::kViewer) | bit(Role::kTechnician) |
                               bit(Role::kSupport) | bit(Role::kDispatcher) | bit(Role::kAdmin);
constexpr RoleSet kAnyAccount = kEverybody & static_cast<RoleSet>(~bit(Role::kAnonymous));
constexpr RoleSet kReaders =
    bit(Role::kViewer) | bit(Role::kSupport) | bit(Role::kDispatcher) | bit(Role::kAdmin);
constexpr RoleSet kEditors = bit(Role::kDispatcher) | bit(Role::kAdmin);
constexpr RoleSet kSettlers = bit(Role::kSupport) | bit(Role::kAdmin);
constexpr RoleSet kStaff = bit(Role::kSupport) | bit(Role::kDispatcher) | bit(Role::kAdmin);
constexpr RoleSet kAdmins = bit(Role::kAdmin);

constexpr std::uint32_t kSmall = 64 * 1024;
constexpr std::uint32_t kRecord = 1024 * 1024;
constexpr std::uint32_t kRuleSet = 5 * 1024 * 1024;  // 4 MiB of JSON inside JSON

constexpr RouteKind kOpen = RouteKind::kOpen;
constexpr RouteKind kApi = RouteKind::kApi;
constexpr RouteKind kPage = RouteKind::kPage;

// Read it line by line: who may come through which door. Default is no.
constexpr std::array kRoutes = {
    // A supervisor asks these; they tell nothing about the company.
    Route{"GET", "/healthz", kOpen, kEverybody, Action::kHealth, Scope::kAlways},
    Route{"GET", "/readyz", kOpen, kEverybody, Action::kReady, Scope::kAlways},
    // Sessions.
    Route{"POST", "/api/login", kOpen, kEverybody, Action::kLogin, Scope::kAlways, kSmall},
    Route{"POST", "/api/login/oidc", kOpen, kEverybody, Action::kUseLoginCode, Scope::kAlways,
          kSmall},
    Route{"POST", "/api/logout", kApi, kAnyAccount, Action::kLogout, Scope::kAlways, kSmall},
    Route{"POST", "/api/open-links", kApi, kReaders, Action::kMakeOpenLink, Scope::kNobodysToken,
          kSmall},
    Route{"GET", "/api/status", kApi, kAnyAccount, Action::kStatus, Scope::kAlways},
    Route{"GET", "/api/openapi.json", kOpen, kEverybody, Action::kOpenApi, Scope::kAlways},
    // Accounts, programs and phones.
    // No token makes accounts or tokens: what it may do would have no end.
    Route{"GET", "/api/users", kApi, kStaff, Action::kListUsers, Scope::kAccounts},
    Route{"POST", "/api/users", kApi, kAdmins, Action::kCreateUser, Scope::kNobodysToken, kSmall},
    Route{"POST", "/api/users/{actor}", kApi, kAdmins, Action::kChangeUser, Scope::kNobodysToken,
          kSmall},
    Route{"GET", "/api/users/{actor}", kApi, kStaff, Action::kShowUser, Scope::kAccounts},
    Route{"GET", "/api/tokens", kApi, kAdmins, Action::kListTokens, Scope::kNobodysToken},
    Route{"POST", "/api/tokens", kApi, kAdmins, Action::kCreateToken, Scope::kNobodysToken, kSmall},
    Route{"DELETE", "/api/tokens/{id}", kApi, kAdmins, Action::kRevokeToken, Scope::kNobodysToken},
    Route{"POST", "/api/enrolments", kApi, kSettlers, Action::kMakeEnrolment, Scope::kPhones,
          kSmall},
    Route{"GET", "/api/devices", kApi, kStaff, Action::kListDevices, Scope::kPhones},
    Route{"GET", "/api/devices/{id}", kApi, kStaff, Action::kShowDevice, Scope::kPhones},
    Route{"POST", "/api/devices/{id}/revoke", kApi, kSettlers, Action::kRevokeDevice,
          Scope::kPhones, kSmall},
    // Records.
    Route{"GET", "/api/records/{collection}", kApi, kReaders, Action::kListRecords,
          Scope::kReadRecords},
    Route{"POST", "/api/records/{collection}", kApi, kEditors, Action::kCreateRecord,
          Scope::kWriteRecords, kRecord},
    Route{"GET", "/api/records/{collection}/{id}", kApi, kReaders, Action::kShowRecord,
          Scope::kReadRecords},
    Route{"PATCH", "/api/records/{collection}/{id}", kApi, kEditors, Action::kEditRecord,
          Scope::kWriteRecords, kRecord},
    Route{"GET", "/api/records/{collection}/{id}/history", kApi, kReaders, Action::kRecordHistory,
          Scope::kReadRecords},
    Route{"GET", "/api/records/{collection}/{id}/history/{field}", kApi, kReaders,
          Action::kFieldHistory, Scope::kReadRecords},
    Route{"GET", "/api/visits/{id}/form.pdf", kApi, kReaders, Action::kVisitForm,
          Scope::kReadRecords},
    Route{"GET", "/api/records/{collection}/{id}/paper.pdf", kApi, kReaders, Action::kRecordPaper,
          Scope::kReadRecords},
    Route{"GET", "/api/attachments", kApi, kReaders, Action::kListAttachments, Scope::kReadRecords},
    Route{"GET", "/api/attachments/{content}", kApi, kReaders, Action::kReadAttachment,
          Scope::kReadRecords},
    Route{"POST", "/api/attachments/{content}/remove", kApi, kAdmins, Action::kRemoveAttachment,
          Scope::kOperate, kSmall},
    Route{"GET", "/api/rule-sets", kApi, kReaders, Action::kListRuleSets, Scope::kReadRecords},
    Route{"GET", "/api/rule-sets/{version}", kApi, kReaders, Action::kShowRuleSet,
          Scope::kReadRecords},
    Route{"POST", "/api/rule-sets", kApi, kAdmins, Action::kPublishRules, Scope::kOperate,
          kRuleSet},
    Route{"POST", "/api/rehearsals", kApi, kStaff, Action::kBeginRehearsal, Scope::kReadRecords,
          kRuleSet},
    Route{"POST", "/api/rehearsals/{id}", kApi, kStaff, Action::kGoOnRehearsing,
          Scope::kReadRecords, kSmall},
    Route{"POST", "/api/acts/{act}", kApi, kEditors, Action::kDoAct, Scope::kWriteRecords, kRecord},
    // What machines ask for.
    Route{"POST", "/api/sets", kApi, kEditors, Action::kPostSet, Scope::kWriteRecords, kRecord},
    Route{"GET", "/api/feed", kApi, kReaders, Action::kFeed, Scope::kFeed},
    Route{"GET", "/api/feed/live", kApi, kReaders, Action::kFeedLive, Scope::kFeed},
    Route{"GET", "/api/export/{collection}", kApi, kReaders, Action::kExport, Scope::kExport},
    Route{"POST", "/api/sql", kApi, kStaff, Action::kSql, Scope::kSql, kSmall},
    Route{"GET", "/api/webhooks", kApi, kAdmins, Action::kListWebhooks, Scope::kOperate},
    Route{"POST", "/api/webhooks", kApi, kAdmins, Action::kCreateWebhook, Scope::kOperate, kSmall},
    Route{"GET", "/api/webhooks/{id}", kApi, kAdmins, Action::kShowWebhook, Scope::kOperate},
    Route{"PATCH", "/api/webhooks/{id}", kApi, kAdmins, Action::kChangeWebhook, Scope::kOperate,
          kSmall},
    Route{"DELETE", "/api/webhooks/{id}", kApi, kAdmins, Action::kForgetWebhook, Scope::kOperate},
    Route{"POST", "/api/webhooks/{id}/replay", kApi, kAdmins, Action::kReplayWebhook,
          Scope::kOperate, kSmall},
    // What people must decide.
    Route{"GET", "/api/cases", kApi, kReaders, Action::kListCases, Scope::kCases},
    Route{"GET", "/api/cases/{number}", kApi, kReaders, Action::kShowCase, Scope::kCases},
    Route{"GET", "/api/cases/{number}/rule", kApi, kReaders, Action::kProposeRule, Scope::kCases},
    Route{"POST", "/api/cases/{number}/resolve", kApi, kSettlers, Action::kResolveCase,
          Scope::kCases, kRecord},
    Route{"GET", "/api/cases/{number}/alike", kApi, kReaders, Action::kListAlike, Scope::kCases},
    Route{"POST", "/api/cases/{number}/claim", kApi, kSettlers, Action::kClaimCase, Scope::kCases,
          kRecord},
    Route{"POST", "/api/cases/{number}/assign", kApi, kSettlers, Action::kAssignCase, Scope::kCases,
          kRecord},
    Route{"POST", "/api/cases/{number}/ask", kApi, kSettlers, Action::kAskCase, Scope::kCases,
          kRecord},
    Route{"POST", "/api/cases/{number}/answer", kApi, kStaff, Action::kAnswerCase, Scope::kCases,
          kRecord},
    Route{"POST", "/api/cases/{number}/approve", kApi, kSettlers, Action::kApproveCase,
          Scope::kCases, kRecord},
    Route{"POST", "/api/cases/{number}/decline", kApi, kSettlers, Action::kDeclineCase,
          Scope::kCases, kRecord},
    Route{"POST", "/api/cases/{number}/undo", kApi, kSettlers, Action::kUndoCase, Scope::kCases,
          kRecord},
    Route{"POST", "/api/cases/{number}/resolve-alike", kApi, kSettlers, Action::kResolveAlike,
          Scope::kCases, kRecord},
    Route{"GET", "/api/parked", kApi, kStaff, Action::kListParked, Scope::kCases},
    Route{"GET", "/api/sets/{id}", kApi, kStaff, Action::kShowSet, Scope::kReadRecords},
    Route{"GET", "/api/sets/{id}/seen", kApi, kStaff, Action::kShowSeen, Scope::kReadRecords},
    // Keeping. What is registered here is what phones may forget.
    Route{"GET", "/api/backups", kApi, kAdmins, Action::kListBackups, Scope::kOperate},
    Route{"POST", "/api/backups", kApi, kAdmins, Action::kTakeBackup, Scope::kOperate, kSmall},
    Route{"DELETE", "/api/backups/{id}", kApi, kAdmins, Action::kForgetBackup, Scope::kOperate},
    // Running it.
    Route{"GET", "/metrics", kApi, kStaff, Action::kMetrics, Scope::kMetrics},
    Route{"GET", "/api/log-level", kApi, kAdmins, Action::kShowLogLevel, Scope::kOperate},
    Route{"PUT", "/api/log-level", kApi, kAdmins, Action::kSetLogLevel, Scope::kOperate, kSmall},
    Route{"POST", "/api/reload", kApi, kAdmins, Action::kReload, Scope::kOperate, kSmall},
    // Pages: the link is its own key, all else wants the cookie that it sets.
    Route{"GET", "/", kOpen, kEverybody, Action::kStart, Scope::kAlways},
    Route{"GET", "/daybook.css", kOpen, kEverybody, Action::kStyle, Scope::kAlways},
    Route{"GET", "/open/{code}", kOpen, kEverybody, Action::kUseOpenLink, Scope::kAlways},
    // To the company's identity provider and back; not there when none is configured.
    Route{"GET", "/oidc/start", kOpen, kEverybody, Action::kOidcStart, Scope::kAlways},
    Route{"GET", "/oidc/callback", kOpen, kEverybody, Action::kOidcCallback, Scope::kAlways},
    Route{"GET", "/visits", kPage, kReaders, Action::kVisitsPage, Scope::kNobodysToken},
    Route{"GET", "/visits/{id}", kPage, kReaders, Action::kVisitPage, Scope::kNobodysToken},
    Route{"GET", "/visits/{id}/form.pdf", kPage, kReaders, Action::kVisitFormPage,
          Scope::kNobodysToken},
};

// How far an action reaches for somebody who is bound to an organisation. What is in neither of
// these lists is about the whole house and refused: accounts and their keys, the rules, the log by
// commit, free questions, the machine.
constexpr std::array kAlikeForAll = {
    Action::kHealth,      Action::kReady,        Action::kLogin,   Action::kUseLoginCode,
    Action::kLogout,      Action::kMakeOpenLink, Action::kOpenApi, Action::kListRuleSets,
    Action::kShowRuleSet, Action::kStart,        Action::kStyle,   Action::kUseOpenLink,
    Action::kOidcStart,   Action::kOidcCallback};
constexpr std::array kWithinTerritory = {
    Action::kStatus,         Action::kListUsers,    Action::kShowUser,     Action::kMakeEnrolment,
    Action::kListDevices,    Action::kShowDevice,   Action::kRevokeDevice, Action::kListRecords,
    Action::kShowRecord,     Action::kCreateRecord, Action::kEditRecord,   Action::kRecordHistory,
    Action::kFieldHistory,   Action::kVisitForm,    Action::kRecordPaper,  Action::kListAttachments,
    Action::kReadAttachment, Action::kDoAct,        Action::kPostSet,      Action::kExport,
    Action::kListCases,      Action::kShowCase,     Action::kResolveCase,  Action::kListAlike,
    Action::kClaimCase,      Action::kAssignCase,   Action::kAskCase,      Action::kAnswerCase,
    Action::kApproveCase,    Action::kDeclineCase,  Action::kUndoCase,     Action::kResolveAlike,
    Action::kListParked,     Action::kShowSet,      Action::kShowSeen,     Action::kVisitsPage,
    Action::kVisitPage,      Action::kVisitFormPage};

// Takes the text before the next '/' off `rest`; both start behind a '/'.
std::string_view take_segment(std::string_view& rest, bool& more) {
  const auto end = rest.find('/');
  const auto segment = rest.substr(0, end);
  more = end != std::string_view::npos;
  rest = more ? rest.substr(end + 1) : std::string_view{};
  return segment;
}

bool matches(std::string_view pattern, std::string_view path,
             std::vector<std::string_view>& parts) {
  parts.clear();
  if (path.empty() || path.front() != '/') return false;
  pattern.remove_prefix(1);
  path.remove_prefix(1);
  while (true) {
    bool more_pattern = false;
    bool more_path = false;
    const auto wanted = take_segment(pattern, more_pattern);
    const auto given = take_segment(path, more_path);
    const bool is_part = !wanted.empty() && wanted.front() == '{';
    if (is_part ? given.empty() : wanted != given) return false;
    if (is_part) parts.push_back(given);
    if (more_pattern != more_path) return false;
    if (!more_pattern) return true;
  }
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::kAnonymous: return "anonymous";
    case Role::kViewer: return "viewer";
    case Role::kTechnician: return "technician";
    case Role::kSupport: return "support";
    case Role::kDispatcher: return "dispatcher";
    case Role::kAdmin: return "admin";
  }
  return "anonymous";
}

std::optional<Role> role_from(std::string_view name) {
  for (const Role role :
       {Role::kViewer, Role::kTechnician, Role::kSupport, Role::kDispatcher, Role::kAdmin}) {
    if (name == name_of(role)) return role;
  }
  return std::nullopt;
}

std::string_view name_of(Scope scope) {
  switch (scope) {
    case Scope::kNobodysToken: return "none";
    case Scope::kAlways: return "always";
    case Scope::kReadRecords: return "records.read";
    case Scope::kWriteRecords: return "records.write";
    case Scope::kFeed: return "feed";
    case Scope::kExport: return "export";
    case Scope::kSql: return "sql";
    case Scope::kCases: return "cases";
    case Scope::kPhones: return "phones";
    case Scope::kAccounts: return "accounts.read";
    case Scope::kOperate: return "operate";
    case Scope::kMetrics: return "metrics";
  }
  return "none";
}

std::span<const Scope> grantable_scopes() {
  static constexpr std::array kGrantable = {
      Scope::kReadRecords, Scope::kWriteRecords, Scope::kFeed,   Scope::kExport,
      Scope::kSql,         Scope::kCases,        Scope::kPhones, Scope::kAccounts,
      Scope::kOperate,     Scope::kMetrics};
  return kGrantable;
}

std::optional<Scope> scope_from(std::string_view name) {
  for (const Scope scope : grantable_scopes()) {
    if (name == name_of(scope)) return scope;
  }
  return std::nullopt;
}

Reach reach_of(Action action) {
  const auto among = [action](const auto& list) {
    return std::find(list.begin(), list.end(), action) != list.end();
  };
  if (among(kWithinTerritory)) return Reach::kTerritory;
  return among(kAlikeForAll) ? Reach::kAlike : Reach::kHouse;
}

std::span<const Route> routes() { return kRoutes; }

RouteMatch find_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  std::vector<std::string_view> parts;
  for (const auto& route : kRoutes) {
    if (!matches(route.pattern, path, parts)) continue;
    match.path_known = true;
    if (route.method != method) continue;
    match.route = &route;
    match.parts = std::move(parts);
    break;
  }
  return match;
}

}  // namespace daybook

// SPDX-License-Identifier: Apache-2.0
#include "sync-server/auth/policy.hpp"

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

constexpr RouteKind kOpen = RouteKind::kOpen;
constexpr RouteKind kApi = RouteKind::kApi;
constexpr RouteKind kPage = RouteKind::kPage;

// Read it line by line: who may come through which door. Default is no.
constexpr std::array kRoutes = {
    // A supervisor asks these; they tell nothing about the company.
    Route{"GET", "/healthz", kOpen, kEverybody, Action::kHealth},
    Route{"GET", "/readyz", kOpen, kEverybody, Action::kReady},
    // Sessions.
    Route{"POST", "/api/login", kOpen, kEverybody, Action::kLogin, kSmall},
    Route{"POST", "/api/logout", kApi, kAnyAccount, Action::kLogout, kSmall},
    Route{"POST", "/api/open-links", kApi, kReaders, Action::kMakeOpenLink, kSmall},
    Route{"GET", "/api/status", kApi, kAnyAccount, Action::kStatus},
    // Accounts and phones.
    Route{"GET", "/api/users", kApi, kStaff, Action::kListUsers},
    Route{"POST", "/api/users", kApi, kAdmins, Action::kCreateUser, kSmall},
    Route{"POST", "/api/users/{actor}", kApi, kAdmins, Action::kChangeUser, kSmall},
    Route{"POST", "/api/enrolments", kApi, kSettlers, Action::kMakeEnrolment, kSmall},
    Route{"GET", "/api/devices", kApi, kStaff, Action::kListDevices},
    Route{"POST", "/api/devices/{id}/revoke", kApi, kSettlers, Action::kRevokeDevice, kSmall},
    // Records.
    Route{"GET", "/api/records/{collection}", kApi, kReaders, Action::kListRecords},
    Route{"POST", "/api/records/{collection}", kApi, kEditors, Action::kCreateRecord, kRecord},
    Route{"GET", "/api/records/{collection}/{id}", kApi, kReaders, Action::kShowRecord},
    Route{"PATCH", "/api/records/{collection}/{id}", kApi, kEditors, Action::kEditRecord, kRecord},
    Route{"GET", "/api/records/{collection}/{id}/history", kApi, kReaders, Action::kRecordHistory},
    Route{"GET", "/api/records/{collection}/{id}/history/{field}", kApi, kReaders,
          Action::kFieldHistory},
    // What people must decide.
    Route{"GET", "/api/cases", kApi, kReaders, Action::kListCases},
    Route{"GET", "/api/cases/{number}", kApi, kReaders, Action::kShowCase},
    Route{"POST", "/api/cases/{number}/resolve", kApi, kSettlers, Action::kResolveCase, kRecord},
    Route{"GET", "/api/parked", kApi, kStaff, Action::kListParked},
    Route{"GET", "/api/sets/{id}", kApi, kStaff, Action::kShowSet},
    // Keeping. What is registered here is what phones may forget.
    Route{"GET", "/api/backups", kApi, kAdmins, Action::kListBackups},
    Route{"POST", "/api/backups", kApi, kAdmins, Action::kTakeBackup, kSmall},
    Route{"DELETE", "/api/backups/{id}", kApi, kAdmins, Action::kForgetBackup},
    // Pages: the link is its own key, all else wants the cookie that it sets.
    Route{"GET", "/", kOpen, kEverybody, Action::kStart},
    Route{"GET", "/daybook.css", kOpen, kEverybody, Action::kStyle},
    Route{"GET", "/open/{code}", kOpen, kEverybody, Action::kUseOpenLink},
    Route{"GET", "/visits", kPage, kReaders, Action::kVisitsPage},
    Route{"GET", "/visits/{id}", kPage, kReaders, Action::kVisitPage},
};

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

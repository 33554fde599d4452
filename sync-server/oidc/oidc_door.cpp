// SPDX-License-Identifier: Apache-2.0
#include "sync-server/oidc/oidc_door.hpp"

#include <charconv>
#include <utility>

#include "core/base/hex.hpp"
#include "sync-server/oidc/account.hpp"
#include "sync-server/oidc/answers.hpp"

namespace daybook {
namespace {

constexpr std::uint16_t kPortMin = 1024;
constexpr std::size_t kErrorShownMax = 64;

Result<TicketPurpose> purpose_in(const http::Request& request) {
  TicketPurpose purpose;
  const auto* port = request.find_query("port");
  const auto* challenge = request.find_query("challenge");
  if (port == nullptr && challenge == nullptr) return purpose;
  if (port == nullptr || challenge == nullptr)
    return failure(Errc::kInvalid, "port", "port and challenge belong together");
  const auto [end, error] =
      std::from_chars(port->data(), port->data() + port->size(), purpose.port);
  if (error != std::errc{} || end != port->data() + port->size() || purpose.port < kPortMin)
    return failure(Errc::kInvalid, "port", "expected 1024 to 65535");
  const auto bytes = from_base64url(*challenge);
  const auto digest = bytes ? Digest::from(*bytes) : std::nullopt;
  if (!digest) return failure(Errc::kInvalid, "challenge", "expected S256 of a verifier");
  purpose.challenge = *digest;
  return purpose;
}

// A provider's word for our log: a name, never its prose.
std::string word_of(const std::string& error) {
  std::string word;
  for (const char c : error.substr(0, kErrorShownMax))
    word += (c >= 'a' && c <= 'z') || c == '_' ? c : '?';
  return word;
}

}  // namespace

class OidcDoor::Inside : public std::enable_shared_from_this<OidcDoor::Inside> {
 public:
  Inside(Parts parts, Submit submit, RunOut run_out)
      : parts_(parts),
        submit_(std::move(submit)),
        run_out_(std::move(run_out)),
        tickets_(parts.clock, parts.rng) {}

  void start(const http::Request& request, Reply reply);
  void callback(const http::Request& request, Reply reply);

 private:
  void refuse(const Error& why, const Reply& reply);
  Result<LoginTicket> ticket_of(const http::Request& request);
  Result<std::string> code_in(const http::Request& request);
  void redeem(const LoginTicket& ticket, const std::string& code, const std::string& peer,
              const Reply& reply);
  void admit(const OidcPerson& person, const TicketPurpose& purpose, const std::string& peer,
             const Reply& reply);
  void welcome(const OidcAdmission& admission, const TicketPurpose& purpose,
               const std::string& peer, const Reply& reply);

  Parts parts_;
  Submit submit_;
  RunOut run_out_;
  LoginTickets tickets_;
};

void OidcDoor::Inside::refuse(const Error& why, const Reply& reply) {
  parts_.trace.note(TraceLevel::kWarning, "oidc.refused", {{"why", to_string(why)}});
  auto response = refusal_page(why);
  response.headers.push_back({"Set-Cookie", no_ticket_cookie()});
  reply(std::move(response));
}

void OidcDoor::Inside::start(const http::Request& request, Reply reply) {
  const auto purpose = purpose_in(request);
  if (!purpose.ok()) return refuse(purpose.error(), reply);
  auto self = shared_from_this();
  const bool taken = run_out_([self, purpose = *purpose, reply] {
    const auto ticket = self->tickets_.issue(purpose);
    const auto url = self->parts_.provider.authorization_url(ticket);
    if (!url.ok()) return self->refuse(url.error(), reply);
    auto response = go_to(*url);
    response.headers.push_back({"Set-Cookie", ticket_cookie(ticket)});
    reply(std::move(response));
  });
  if (!taken) refuse(failure(Errc::kBusy), reply);
}

// First who comes back, then what the provider says of it: a stranger's word is not even read.
Result<LoginTicket> OidcDoor::Inside::ticket_of(const http::Request& request) {
  const auto cookie = request.cookie(kTicketCookie);
  const auto* state = request.find_query("state");
  if (!cookie || state == nullptr)
    return failure(Errc::kForbidden, "state", "not a login that is under way here");
  return tickets_.take(*cookie, *state);
}

Result<std::string> OidcDoor::Inside::code_in(const http::Request& request) {
  // RFC 9207: a provider that says who it is must be the one we sent the browser to.
  const auto* issuer = request.find_query("iss");
  if (issuer != nullptr && *issuer != parts_.provider.settings().issuer)
    return failure(Errc::kForbidden, "iss", "another provider answers");
  if (const auto* error = request.find_query("error"); error != nullptr)
    return failure(Errc::kForbidden, "provider", word_of(*error));
  const auto* code = request.find_query("code");
  if (code == nullptr || code->empty()) return failure(Errc::kInvalid, "code", "missing");
  return *code;
}

void OidcDoor::Inside::callback(const http::Request& request, Reply reply) {
  const auto allowed = parts_.sessions.begin_attempt_from(request.peer);
  if (!allowed.ok()) return refuse(allowed.error(), reply);
  const auto ticket = ticket_of(request);
  if (!ticket.ok()) return refuse(ticket.error(), reply);
  const auto code = code_in(request);
  if (!code.ok()) return refuse(code.error(), reply);
  auto self = shared_from_this();
  const bool taken = run_out_([self, ticket = *ticket, code = *code, peer = request.peer, reply] {
    self->redeem(ticket, code, peer, reply);
  });
  if (!taken) refuse(failure(Errc::kBusy), reply);
}

void OidcDoor::Inside::redeem(const LoginTicket& ticket, const std::string& code,
                              const std::string& peer, const Reply& reply) {
  const auto claims = parts_.provider.redeem(code, ticket);
  if (!claims.ok()) return refuse(claims.error(), reply);
  const auto person = person_in(*claims, parts_.provider.settings());
  if (!person.ok()) return refuse(person.error(), reply);
  admit(*person, ticket.purpose, peer, reply);
}

void OidcDoor::Inside::admit(const OidcPerson& person, const TicketPurpose& purpose,
                             const std::string& peer, const Reply& reply) {
  auto self = shared_from_this();
  auto fail = [self, reply](const Error& why) { self->refuse(why, reply); };
  auto work = [self, person, purpose, peer, reply](ServerCore& core) -> Result<AfterCommit> {
    DAYBOOK_ASSIGN(const auto admission,
                   admit_person(core.store(), self->parts_.provider.settings().issuer, person));
    return AfterCommit([self, admission, purpose, peer, reply, &store = core.store()] {
      // The account's programs have the rights that it has now.
      if (!admission.change.empty())
        static_cast<void>(self->parts_.sessions.programs().load(store).ok());
      self->welcome(admission, purpose, peer, reply);
    });
  };
  if (!submit_({std::move(work), fail})) fail(failure(Errc::kBusy));
}

// Only once the account is durable, and on the core thread: whoever closes it afterwards ends this
// session too.
void OidcDoor::Inside::welcome(const OidcAdmission& admission, const TicketPurpose& purpose,
                               const std::string& peer, const Reply& reply) {
  if (admission.ends_sessions) parts_.sessions.forget(admission.actor);
  if (!admission.role) {
    parts_.trace.note(TraceLevel::kWarning, "oidc.not_admitted", {{"actor", admission.actor}});
    return refuse(admission.refusal, reply);
  }
  OfficeUser user{admission.actor, *admission.role};
  user.organisation = admission.organisation;
  parts_.sessions.attempt_succeeded_from(peer);
  parts_.trace.note(
      TraceLevel::kInfo, "oidc.login",
      {{"actor", user.actor},
       {"role", std::string(name_of(user.role))},
       {"account", std::string(admission.change.empty() ? "unchanged" : admission.change)},
       {"for", std::string(purpose.port == 0 ? "pages" : "program")}});
  auto response = purpose.port == 0
                      ? pages_opened(parts_.sessions.open_page(user))
                      : offer_to_program(user, purpose.port,
                                         parts_.sessions.make_login_code(user, purpose.challenge));
  response.headers.push_back({"Set-Cookie", no_ticket_cookie()});
  reply(std::move(response));
}

OidcDoor::OidcDoor(Parts parts, Submit submit, RunOut run_out)
    : inside_(std::make_shared<Inside>(parts, std::move(submit), std::move(run_out))) {}

OidcDoor::~OidcDoor() = default;

void OidcDoor::start(const http::Request& request, Reply reply) {
  inside_->start(request, std::move(reply));
}

void OidcDoor::callback(const http::Request& request, Reply reply) {
  inside_->callback(request, std::move(reply));
}

}  // namespace daybook

// SPDX-License-Identifier: Apache-2.0
// Logins that were begun: bound to a browser, once, for ten minutes.
#include "sync-server/oidc/ticket.hpp"

#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/simulated_ports.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Tickets {
  ManualClock clock;
  SeededRng rng{5};
  LoginTickets tickets{clock, rng};
};

}  // namespace

TEST_CASE("oidc: a login comes back once, as it was begun", "[oidc]") {
  Tickets t;
  Digest challenge;
  challenge.raw.fill(9);
  const auto begun = t.tickets.issue({40'000, challenge});
  CHECK(std::set<std::string>{begun.cookie, begun.state, begun.nonce, begun.verifier}.size() == 4);
  CHECK(begun.verifier.size() == 43);
  CHECK(challenge_of(begun.verifier).size() == 43);
  // The example of RFC 7636, appendix B.
  CHECK(challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") ==
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  const auto back = t.tickets.take(begun.cookie, begun.state);
  REQUIRE(back.ok());
  CHECK(back->nonce == begun.nonce);
  CHECK(back->verifier == begun.verifier);
  CHECK(back->purpose.port == 40'000);
  CHECK(back->purpose.challenge == challenge);
  CHECK(t.tickets.take(begun.cookie, begun.state).error().field == "state");
}

TEST_CASE("oidc: another browser, a changed word and a late hour are strangers", "[oidc]") {
  Tickets t;
  const auto mine = t.tickets.issue({});
  const auto other = t.tickets.issue({});
  CHECK_FALSE(t.tickets.take(mine.cookie, other.state).ok());
  CHECK_FALSE(t.tickets.take(other.cookie, mine.state).ok());
  CHECK_FALSE(t.tickets.take("", "").ok());
  CHECK_FALSE(t.tickets.take(mine.cookie, "").ok());
  for (std::size_t at = 0; at < mine.cookie.size(); ++at) {
    auto bent = mine.cookie;
    bent[at] = bent[at] == 'A' ? 'B' : 'A';
    CHECK_FALSE(t.tickets.take(bent, mine.state).ok());
  }
  CHECK_FALSE(t.tickets.take(mine.cookie + "A", mine.state).ok());
  LoginTickets restarted(t.clock, t.rng);
  CHECK_FALSE(restarted.take(mine.cookie, mine.state).ok());
  t.clock.advance(10 * 60 * 1000);
  CHECK(t.tickets.take(mine.cookie, mine.state).ok());
  t.clock.advance(1);
  CHECK_FALSE(t.tickets.take(other.cookie, other.state).ok());
}

TEST_CASE("oidc: a flood of logins that come back shuts nobody's use up in memory", "[oidc]") {
  Tickets t;
  const auto first = t.tickets.issue({});
  REQUIRE(t.tickets.take(first.cookie, first.state).ok());
  for (int i = 1; i < 20'000; ++i) {
    const auto ticket = t.tickets.issue({});
    REQUIRE(t.tickets.take(ticket.cookie, ticket.state).ok());
  }
  const auto more = t.tickets.issue({});
  CHECK(t.tickets.take(more.cookie, more.state).error().code == Errc::kBusy);
  CHECK_FALSE(t.tickets.take(first.cookie, first.state).ok());
  t.clock.advance(10 * 60 * 1000 + 1);
  const auto later = t.tickets.issue({});
  CHECK(t.tickets.take(later.cookie, later.state).ok());
}

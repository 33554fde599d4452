// SPDX-License-Identifier: Apache-2.0
// Numbers, places and links of own sets, over forks and releases.
#include "client-lib/local/own_chain.hpp"

#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Links {
  Links() : store(want(open_sqlite_local_store({}))), rng(3) {
    chain = want(OwnChain::load(*store, phone_device()));
    begin(0);
  }
  void begin(std::uint64_t shared) {
    want(store->begin());
    want(chain.begin_incarnation(*store, rng.draw<IncarnationId>(), shared));
    want(store->commit());
  }
  void append(std::size_t count_of_sets) {
    for (std::size_t i = 0; i < count_of_sets; ++i) {
      OwnSet set;
      set.number = chain.newest_number() + 1;
      set.id = rng.draw<SetId>();
      set.body = Bytes(8, static_cast<std::uint8_t>(set.number));
      set.body_hash = hash_of_body(set.body);
      const auto place = chain.next_place(set.body_hash);
      set.incarnation = chain.newest_incarnation().number;
      set.seq = place.seq;
      set.link = place.link;
      want(store->begin());
      want(store->append_set(set));
      want(store->commit());
      chain.advance(place);
    }
  }
  void settle_all() {
    want(store->begin());
    for (const auto number : want(store->unsettled_sets()))
      want(store->set_state(number, SetState::kSettled));
    want(store->commit());
  }
  std::unique_ptr<LocalStore> store;
  SeededRng rng;
  OwnChain chain;
};

}  // namespace

TEST_CASE("chain: is the same after the file was opened again", "[chain]") {
  Links held;
  held.append(3);
  const auto again = want(OwnChain::load(*held.store, phone_device()));
  CHECK(again.newest() == held.chain.newest());
  CHECK(again.newest_number() == 3);
}

TEST_CASE("chain: a fresh incarnation takes the same bodies and binds itself to what is shared",
          "[chain]") {
  Links held;
  held.append(5);
  const auto old = held.chain.newest();
  const auto shared = want(held.chain.position_of(*held.store, 3));
  held.begin(3);
  const auto& row = held.chain.newest_incarnation();
  CHECK(row.parent_seq == 3);
  CHECK(row.parent_link == shared->link);
  CHECK(held.chain.newest().seq == 2);
  CHECK(held.chain.newest().incarnation != old.incarnation);
  // The links are those a receiver computes from the bodies alone.
  auto link = first_link(phone_device(), row.incarnation, old.incarnation, 3, shared->link);
  for (std::uint64_t seq = 1; seq <= 2; ++seq) {
    link = next_link(phone_device(), row.incarnation, seq, link,
                     want(held.store->find_set(3 + seq))->body_hash);
  }
  CHECK(held.chain.newest().link == link);
  CHECK(held.chain.number_at(old.incarnation, 3) == 3u);
  CHECK_FALSE(held.chain.number_at(old.incarnation, 4));
  CHECK(held.chain.number_at(row.incarnation, 2) == 5u);
  CHECK(held.chain.last_number_of(*held.chain.find(old.incarnation)) == 3);
  const auto again = want(OwnChain::load(*held.store, phone_device()));
  CHECK(again.newest() == held.chain.newest());
}

TEST_CASE("chain: only settled sets are released, oldest first, and the chain goes on over them",
          "[chain]") {
  Links held;
  held.append(4);
  want(held.store->begin());
  want(held.store->set_state(1, SetState::kSettled));
  want(held.store->set_state(2, SetState::kSettled));
  want(held.store->set_state(4, SetState::kSettled));
  CHECK(want(held.chain.release_through(*held.store, 4)) == 2);
  want(held.store->commit());
  CHECK(held.chain.released_through() == 2);
  CHECK_FALSE(want(held.store->find_set(2)));
  CHECK(want(held.store->find_set(4)));
  held.settle_all();
  want(held.store->begin());
  CHECK(want(held.chain.release_through(*held.store, 4)) == 2);
  want(held.store->commit());
  auto again = want(OwnChain::load(*held.store, phone_device()));
  CHECK(again.newest() == held.chain.newest());
  CHECK(again.newest_number() == 4);
  held.append(1);
  CHECK(held.chain.newest().seq == 5);
}

TEST_CASE("chain: the handshake names the ancestors and leaves out what was given up", "[chain]") {
  Links held;
  held.append(4);
  const auto first = held.chain.newest().incarnation;
  held.begin(3);
  const auto given_up = held.chain.newest().incarnation;
  held.begin(2);
  const auto starts = held.chain.starts_of(held.chain.newest_incarnation(), 64);
  REQUIRE(starts.size() == 2);
  CHECK(starts[0].incarnation == first);
  CHECK(starts[1].parent == first);
  CHECK(starts[1].incarnation != given_up);
}

// SPDX-License-Identifier: Apache-2.0
// Messages with every part filled, and with every part left out, for the tests of this room and for
// the golden vectors. The full ones tell one true story: keys, links and signatures in them verify.
// Changing a sample breaks a golden file: add another sample instead.
#pragma once

#include "core/model/change_set.hpp"
#include "core/wire/live_page.hpp"
#include "core/wire/message.hpp"

namespace daybook::test {

Uuid uuid_of(std::uint8_t byte);
Digest digest_of(std::uint8_t byte);
// seed, or private number, 00 01 02 … 1f
std::unique_ptr<Signer> sample_signer(KeyAlg alg = KeyAlg::kEd25519);

inline const DeviceId kSampleDevice = uuid_of(0x11);
inline const IncarnationId kSampleIncarnation = uuid_of(0x22);
inline const Digest kSampleChannel = digest_of(0xc0);

Body sample_body();             // one create
wire::Batch sample_batch();     // that body as number 1 of the incarnation, signed
ChainPosition sample_newest();  // after it
Fields sample_row();

wire::SyncRequest full_sync_request();
wire::SyncRequest bare_sync_request();
wire::SyncReply full_sync_reply();
wire::SyncReply bare_sync_reply();
wire::LivePage sample_live_page();  // the page of full_sync_reply(), called out
wire::EnrolRequest sample_enrol_request();
// With RFC 6979's nonces, so that they are always these bytes.
wire::EnrolRequest es256_enrol_request();
wire::SyncRequest es256_sync_request();  // a batch, and nothing else that is optional
wire::EnrolReply sample_enrol_reply();
wire::SessionRequest asking_session_request();
wire::SessionRequest proving_session_request();
wire::SessionReply nonce_session_reply();
wire::SessionReply token_session_reply();
wire::ErrorReply sample_error_reply();

}  // namespace daybook::test

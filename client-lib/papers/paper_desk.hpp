// SPDX-License-Identifier: Apache-2.0
// Papers that a customer is looking at: presented, signed perhaps, and not sealed yet. The hash of
// a paper is fixed when it is presented, before anybody draws; what was drawn lies in memory only
// and is gone when the paper is closed. Owned by an open handle, which calls it on the core's
// thread; nothing here is kept in the file.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client-lib/abi/json/json_text.hpp"
#include "client-lib/local/local_store.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/domain/signature/form_compare.hpp"
#include "core/domain/signature/sealed_form.hpp"
#include "core/domain/signature/statement.hpp"
#include "core/ports/clock.hpp"
#include "core/schema/covers.hpp"

namespace daybook::papers {

using abi::JsonValue;
using abi::JsonWriter;
using abi::place_in;

// What the papers are made from and written to: the phone's core and its store.
struct Desk {
  ClientCore* core = nullptr;
  LocalStore* store = nullptr;
};

// The rows of a query over the collections, each an array; `about` is its one parameter.
using Ask =
    std::function<Result<std::vector<JsonValue>>(const std::string& sql, const std::string& about)>;

// What sealing wrote, and the set that it became.
struct Sealed {
  std::string paper;
  std::uint64_t version = 0;
  Digest content_hash;
  bool is_signed = false;
  CommitInput input;
  CommitResult committed;
};

// What the host says of one signature; checked by read_signing().
struct Signing {
  std::string signer, role, relation, kind;
  std::string reason, witness;  // kind "refused"
  Bytes strokes;
  std::int64_t width = 0, height = 0;
  std::optional<Digest> image, stamp_photo;
  std::uint64_t image_size = 0, stamp_size = 0;
  std::vector<Digest> pages;  // images that were on the screen
  std::string language;
  std::int64_t text_size = 0, seconds = 0;
  bool to_end = false;
  std::string consent_id, consent_text;
  std::optional<std::int64_t> latitude, longitude;
  std::int64_t at_ms = 0, steady_ms = 0;
};
// Errors name the member, "shown.pages".
Result<Signing> read_signing(const JsonValue& json);

struct Presented {
  std::string paper;  // "form" or "survey"
  RecordRef subject;
  SealedForm form;
  FormParts parts;
  Fields set;     // of the subject, changed with an amendment
  Fields survey;  // what the survey's record holds
  bool needs_signature = true;
  std::vector<FormChange> changes;  // against the version before
  std::optional<Signing> signing;
};

class PaperDesk {
 public:
  PaperDesk(Ask ask, Clock& clock) : ask_(std::move(ask)), clock_(clock) {}

  // JSON in and out as daybook.h says. On the core's thread.
  Result<std::string> present(const Desk& desk, const JsonValue& asked);
  Result<std::string> sign(const Uuid& paper, Signing signing);
  Result<Sealed> seal(const Desk& desk, const Uuid& paper);
  Result<void> close(const Uuid& paper);

  // kImmutable when an edit touches what a sealed paper says.
  Result<void> check_edits(const Schema& schema, const CommitInput& input);

 private:
  Result<const PaperRules*> rules_of(const Schema& schema);
  Result<std::vector<JsonValue>> ask(const std::string& sql, const std::string& about) {
    return ask_(sql, about);
  }
  Result<std::vector<const PaperRequirement*>> missing(const PaperRules& rules,
                                                       const RecordRef& subject);
  Result<void> collect(const Desk& desk, const PaperRules& rules, Presented& paper);
  Result<void> collect_rows(const Desk& desk, const PaperRules& rules,
                            const CoveredCollection& covered, Presented& paper);
  Result<void> add_record(const Desk& desk, const CoveredCollection& covered,
                          const RecordRef& record, Presented& paper);
  Result<void> find_previous(const Desk& desk, const PaperRules& rules, Presented& paper);
  Result<void> read_form_request(const Desk& desk, const JsonValue& asked, Presented& paper);
  Result<void> read_survey_request(const Desk& desk, const JsonValue& asked, Presented& paper);
  Result<CommitInput> sealing(const Desk& desk, const Presented& paper);

  const Ask ask_;
  Clock& clock_;
  std::map<Uuid, Presented> papers_;
  std::vector<PaperRules> rules_;
  Digest rules_digest_;
};

}  // namespace daybook::papers

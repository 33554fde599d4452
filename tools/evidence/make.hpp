// SPDX-License-Identifier: Apache-2.0
// A bundle of evidence about one visit, made of what headquarters answers about it: papers,
// signatures, photos, receipts and approvals become files that an outsider checks with `openssl`
// and `sha256sum` alone. What does not fit together is told, and exported all the same: a bundle
// must show what there is. Pure; the commands fetch and write.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/schema/schema.hpp"
#include "tools/evidence/bundle.hpp"
#include "tools/evidence/paper_text.hpp"

namespace daybook::evidence {

// Bytes that a paper or a signature names by their hash, as far as headquarters has them.
struct Content {
  std::string state;  // "here", "promised", "removed", "unknown"
  std::string media_type;
  std::optional<Bytes> bytes;
};

// As the API answers: records with `id` and `values`.
struct Found {
  std::string visit;
  std::vector<Json> forms, surveys, signatures, anchors, approvals;
  // Copies of the parts of a form as its own change set brought them, by "<form>.<field>".
  std::map<std::string, Bytes> first_copies;
  std::map<std::string, Content> contents;  // by digest, hex
  // The records that the papers are about as they stand now, by "<collection> <id>".
  std::map<std::string, Json> standing;
  std::optional<Bytes> service_form;  // PDF
};

// The digests that the papers and signatures name, hex, each once.
std::vector<std::string> contents_named_in(const Found& found);

// The records in the papers that no amendment has taken the place of, each once.
std::vector<RecordRef> records_named_in(const Found& found);

struct Made {
  Bundle bundle;
  // What is not as it was signed: "form-1.signed", "visit.cause" …
  struct Note {
    std::string file, what, place;
  };
  std::vector<Note> notes;
  // What people have come to say otherwise since it was signed; the paper is none the worse.
  std::vector<Note> since;
};
// `schema` gives labels. Errors name the record that cannot be read.
Result<Made> make_bundle(const Found& found, const Schema& schema);

}  // namespace daybook::evidence

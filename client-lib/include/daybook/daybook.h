/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Daybook for host apps: what happened is written down where it happened, and posted to the office
 * later.
 *
 * Conventions, once for all calls:
 *
 *  1. Handles are opaque. daybook_open() gives a daybook_handle, daybook_query() a
 *     daybook_statement; each has one call that ends it.
 *  2. Every call that can fail returns int32_t: DAYBOOK_OK or a code of daybook_code. The last
 *     argument is a daybook_error* and may be null. With an error, output arguments are null or
 *     zero, and nothing was changed.
 *  3. A struct that the caller fills starts with struct_size; set it with the _INIT macro, so that
 *     both may grow.
 *  4. Text is UTF-8 with its length in bytes beside it; DAYBOOK_TO_NUL as length means "up to the
 *     NUL". Text that comes out is ended by a NUL as well; where a length may be asked for, its
 *     pointer may be null.
 *  5. Whoever allocates frees. Text that comes out through `char** … , size_t*` belongs to the
 *     caller: daybook_string_free(). Text that comes out through `const char**` belongs to the
 *     handle; the call says until when.
 *  6. Records cross as JSON objects. Whole numbers of 64 bits only: money in minor units,
 *     quantities in thousandths, degrees x 10^7, time in ms UTC; 1.0 and 1e3 are refused, and the
 *     error names the field. Digests and bytes are lower-case hex, ids are uuid text (8-4-4-4-12),
 *     lists are arrays. Absent and null are different things. At most 16 levels deep, no key twice.
 *  7. Events are pulled with daybook_next_event(). There are no callbacks, and the library calls no
 *     code of yours on any thread.
 *  8. A handle may be used from any thread, several at once; a statement by one thread at a time.
 *     daybook_close() waits for nobody: no other call may be under way. A handle does not survive
 *     fork().
 *  9. A call never waits for the network unless its description says so. daybook_commit() waits for
 *     the disk, nothing else.
 * 10. Numbers of codes and enums are frozen: never changed, never reused, new ones are appended.
 *     Treat unknown ones as unknown.
 * 11. Codes, not sentences, come out. daybook_sentence() makes a sentence of them at the edge, in
 *     Chinese or English.
 * 12. DAYBOOK_INTERNAL means that the library found itself broken. The handle then answers nothing
 *     else: close it and open anew. What daybook_commit() acknowledged is on the disk.
 */
/* clang-format on */
#ifndef DAYBOOK_DAYBOOK_H
#define DAYBOOK_DAYBOOK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define DAYBOOK_API
#elif defined(__GNUC__)
#define DAYBOOK_API __attribute__((visibility("default")))
#else
#define DAYBOOK_API
#endif

/* Of the interface described here: major * 65536 + minor. The major number grows when a call
 * changes or goes; then the name of the library changes too. The minor number grows with every call
 * that is added. */
#define DAYBOOK_ABI_VERSION ((uint32_t)0x00010005u)

#define DAYBOOK_TO_NUL ((size_t)-1)

typedef struct daybook_handle daybook_handle;
typedef struct daybook_statement daybook_statement;

/* What went wrong. daybook_code_name() gives the name that JSON uses. */
typedef enum daybook_code {
  DAYBOOK_OK = 0,
  /* The caller's input: nothing was changed. */
  DAYBOOK_INVALID = 1,            /* malformed; `field` names what */
  DAYBOOK_TOO_LARGE = 2,          /* over a limit; `field` names what, `detail` the limit */
  DAYBOOK_UNKNOWN_COLLECTION = 3, /* not in the schema */
  DAYBOOK_UNKNOWN_FIELD = 4,
  DAYBOOK_UNKNOWN_RECORD = 5,
  DAYBOOK_WRONG_TYPE = 6,
  DAYBOOK_IMMUTABLE = 7, /* a fact or an immutable field would change */
  DAYBOOK_NOT_FOUND = 8,
  DAYBOOK_ALREADY_EXISTS = 9,
  DAYBOOK_NOT_SUPPORTED = 10, /* newer or older than this library speaks, or reserved */
  DAYBOOK_READ_ONLY = 11,     /* SQL that would write, or read what is not a collection */
  DAYBOOK_MISSING = 12,       /* an act whose conditions do not hold; see daybook_act() */
  /* The world: try again later. */
  DAYBOOK_OFFLINE = 20,
  DAYBOOK_TIMED_OUT = 21,
  DAYBOOK_BUSY = 22,
  DAYBOOK_DISK_FULL = 23,
  DAYBOOK_IO = 24,
  DAYBOOK_CUT = 25, /* the line broke in the middle */
  /* Trust: nothing was acknowledged. */
  DAYBOOK_UNTRUSTED =
      40, /* not the server that enrolment named: a captive portal, an interceptor */
  DAYBOOK_UNAUTHORIZED = 41,
  DAYBOOK_FORBIDDEN = 42,
  DAYBOOK_REVOKED = 43, /* this device or its person was revoked */
  DAYBOOK_WRONG_SIGNATURE = 44,
  DAYBOOK_WRONG_HASH = 45,
  /* The library's own house. */
  DAYBOOK_CORRUPT = 60,  /* stored bytes do not verify */
  DAYBOOK_TOO_NEW = 61,  /* written by a newer Daybook; left untouched */
  DAYBOOK_INTERNAL = 62, /* see convention 12 */
  DAYBOOK_CLOSED = 63    /* interrupted, or not enrolled, or not started */
} daybook_code;

/* Filled by the call that failed. `field` names the input, "changes[2].set.qty"; `detail` holds
 * parameters, technical and in English. Both are cut to fit, at a whole character. */
typedef struct daybook_error {
  uint32_t struct_size;
  int32_t code;
  char field[256];
  char detail[512];
} daybook_error;
#define DAYBOOK_ERROR_INIT                         \
  {                                                \
    (uint32_t)sizeof(daybook_error), 0, {0}, { 0 } \
  }

DAYBOOK_API uint32_t daybook_abi_version(void);
/* "0.1.0"; lives as long as the library. */
DAYBOOK_API const char* daybook_version(void);
/* "disk_full"; "unknown" for a number this library does not know. Lives as long as the library. */
DAYBOOK_API const char* daybook_code_name(int32_t code);
/* Null is allowed. */
DAYBOOK_API void daybook_string_free(char* text);

/* == Opening and closing == */

typedef struct daybook_open_options {
  uint32_t struct_size;
  uint32_t flags;   /* must be 0 */
  const char* path; /* the file; made when it is not there. One handle at a time: DAYBOOK_BUSY */
  size_t path_size;
  /* The rules to begin with when this phone enrols, as JSON; null: the after-sales rules that are
   * built in. The office's own rules replace them with the first contact. */
  const char* schema;
  size_t schema_size;
  const void* key; /* reserved for encrypted files: must be null, else DAYBOOK_NOT_SUPPORTED */
  size_t key_size;
} daybook_open_options;
#define DAYBOOK_OPEN_OPTIONS_INIT \
  { (uint32_t)sizeof(daybook_open_options), 0, NULL, 0, NULL, 0, NULL, 0 }

DAYBOOK_API int32_t daybook_open(const daybook_open_options* options, daybook_handle** handle,
                                 daybook_error* error);
/* Stops the background work; an exchange under way is broken off, which loses nothing. Null is
 * allowed. Statements must be closed. */
DAYBOOK_API void daybook_close(daybook_handle* handle);

/* == Who this phone is == */

/* Waits for the network. `code` is the text of the enrolment picture:
 * "daybook://enrol?u=…&p=…&c=…". The device makes its key here, and from now on speaks to the
 * server with that public key only. A phone that is enrolled already stays the device it is, with
 * everything it holds: so one that was revoked, or that a restored office does not know, comes back
 * with a new code. DAYBOOK_ALREADY_EXISTS when the code is of another server, DAYBOOK_FORBIDDEN
 * when it is spent or for another person: for those, wipe first. `device_name` is what the office
 * will see; it may be null. */
DAYBOOK_API int32_t daybook_enrol(daybook_handle* handle, const char* code, size_t code_size,
                                  const char* device_name, size_t device_name_size,
                                  daybook_error* error);

/* The algorithm of the key that the device makes. Both are software keys in this version: the
 * secret lies in the file. */
typedef enum daybook_key_alg {
  DAYBOOK_KEY_ALG_DEFAULT = 0, /* the key this phone has; Ed25519 when it has none */
  DAYBOOK_KEY_ALG_ED25519 = 1, /* RFC 8032 */
  DAYBOOK_KEY_ALG_ES256 = 2    /* ECDSA on P-256 with SHA-256; where a policy asks for it */
} daybook_key_alg;

typedef struct daybook_enrol_options {
  uint32_t struct_size;
  int32_t key_alg; /* a daybook_key_alg */
  const char* code;
  size_t code_size;
  const char* device_name; /* may be null */
  size_t device_name_size;
} daybook_enrol_options;
#define DAYBOOK_ENROL_OPTIONS_INIT \
  { (uint32_t)sizeof(daybook_enrol_options), 0, NULL, 0, NULL, 0 }

/* daybook_enrol() with a choice; since ABI 1.1. DAYBOOK_ALREADY_EXISTS at `key_alg` when the phone
 * has a key of the other algorithm: it keeps its key until it is wiped. DAYBOOK_NOT_SUPPORTED at
 * `options.key_alg` for a number that this library does not know. */
DAYBOOK_API int32_t daybook_enrol_with(daybook_handle* handle, const daybook_enrol_options* options,
                                       daybook_error* error);
/* {"enrolled":true,"device":"…","actor":"li.wei","role":"technician",
 *  "server":"https://…","pins":["…"],"key_alg":"ed25519",
 *  "schema":{"name":"after_sales","version":1,"digest":"…"}} */
DAYBOOK_API int32_t daybook_device(daybook_handle* handle, char** json, size_t* json_size,
                                   daybook_error* error);
/* The rules in force, as the JSON they were published in. DAYBOOK_CLOSED before enrolment. */
DAYBOOK_API int32_t daybook_schema(daybook_handle* handle, char** json, size_t* json_size,
                                   daybook_error* error);

/* == Writing == */

/* An id for a record, 36 characters and a NUL. */
DAYBOOK_API int32_t daybook_new_id(daybook_handle* handle, char id[37], daybook_error* error);

/* One act, one set: all of it or nothing. When it returns DAYBOOK_OK the set is on the disk and
 * will reach the office exactly once.
 *
 *   {"changes":[{"collection":"visit","id":"…","create":{"technician":"li.wei","symptom":"no
 * picture"}},
 *               {"collection":"visit","id":"…","set":{"result":"fixed","meter":10412}}],
 *    "attachments":[{"path":"/photos/17.jpg","media_type":"image/jpeg","role":"evidence",
 *                    "record":{"collection":"visit","id":"…"}}],
 *    "actor":"li.wei"}
 *
 * "id" may be left out with "create": then one is made. "set" names only what changes.
 * "attachments" and "actor" (the enrolled person) may be left out; an attachment is given as
 * "path", whose bytes are taken in before this returns, or as "digest" and "size" of what was added
 * before (daybook_attachment_add_file): DAYBOOK_NOT_FOUND when it is not here. Result:
 *
 *   {"set":"…","number":12,"incarnation":"…","seq":12,"ids":["…","…"]}   ids as the changes */
DAYBOOK_API int32_t daybook_commit(daybook_handle* handle, const char* json, size_t json_size,
                                   char** result, size_t* result_size, daybook_error* error);

/* == Acts of the rules == since ABI 1.3 */

/* Does an act that the rules name: what it requires is asked of this phone's records as they are
 * now, and what it does is one set, as with daybook_commit(). `json` may be null:
 *
 *   {"about":"…","arguments":{"serial":"A17"},"despite_warnings":false}
 *
 * "about" is the id of the record that it is done to. Answer:
 *
 *   {"set":"…","number":13,"records":{"swap":"…"},"warnings":[{"zh":"…","en":"…"}]}
 *
 * "records" are those that it created, by the names that the rules give them. DAYBOOK_MISSING when
 * something that it requires is not so, or warns and was not told to go on: then nothing was
 * written, and, other than with every other error, there is an answer:
 *
 *   {"missing":[{"zh":"序列号没有填写","en":"The serial number is missing"}],"warnings":[…]}
 *
 * DAYBOOK_NOT_FOUND: the rules have no such act. DAYBOOK_FORBIDDEN: it is headquarters'.
 * DAYBOOK_UNKNOWN_RECORD: what it is about is not on this phone. */
DAYBOOK_API int32_t daybook_act(daybook_handle* handle, const char* act, size_t act_size,
                                const char* json, size_t json_size, char** answer,
                                size_t* answer_size, daybook_error* error);
/* Only whether it could be done now, for buttons: {"missing":[],"warnings":[]}, with DAYBOOK_OK or
 * DAYBOOK_MISSING. Writes nothing. */
DAYBOOK_API int32_t daybook_act_check(daybook_handle* handle, const char* act, size_t act_size,
                                      const char* json, size_t json_size, char** answer,
                                      size_t* answer_size, daybook_error* error);

/* == What the customer signs == since ABI 1.4 */

/* Fixes what the customer will see before the pad opens; "paper" is form, or survey with "answers":
 *   {"paper":"form","about":"<visit>","reason":"wrong quantity","set":{"address":"…"}}
 * Answer: {"presented":true,"id":"…","paper":"form","version":1,"content_hash":"…","previous":null,
 * "signature_needed":true,"records":7,"changes":[…]} or {"presented":false,"missing":[{"zh":…}]}.
 * Lives in memory until it is sealed or closed. */
DAYBOOK_API int32_t daybook_form_present(daybook_handle* handle, const char* json, size_t json_size,
                                         char** answer, size_t* answer_size, daybook_error* error);
/* Who signed, how, and what was on the screen; in memory only (core/domain/signature/FORM.md). */
DAYBOOK_API int32_t daybook_form_sign(daybook_handle* handle, const char* json, size_t json_size,
                                      char** answer, size_t* answer_size, daybook_error* error);
/* Paper, signature and event in one set; from then on daybook_commit() answers DAYBOOK_IMMUTABLE
 * for what the form says. DAYBOOK_INVALID when something changed since it was shown. */
DAYBOOK_API int32_t daybook_form_seal(daybook_handle* handle, const char* id, size_t id_size,
                                      char** answer, size_t* answer_size, daybook_error* error);
/* Puts it away unsealed: what was drawn is destroyed. */
DAYBOOK_API int32_t daybook_form_close(daybook_handle* handle, const char* id, size_t id_size,
                                       daybook_error* error);

/* == Photos, signatures, videos == since ABI 1.2 */

/* Contents of attachments lie beside the store, each once under its SHA-256, and travel on a line
 * of their own that records never wait for: signatures first, then evidence, then the rest.
 * `options` may be null: {"network":"any"}. "unmetered" waits for DAYBOOK_NETWORK_ONLINE, "now"
 * goes before everything else. What comes out: {"digest":"…64 hex digits…","size":204800}. */
DAYBOOK_API int32_t daybook_attachment_add_file(daybook_handle* handle, const char* path,
                                                size_t path_size, const char* options,
                                                size_t options_size, char** json, size_t* json_size,
                                                daybook_error* error);
/* The same for bytes that come in pieces, up to 2 GiB in all. What is neither finished nor
 * cancelled is gone when the handle is opened anew. At most 64 at a time: DAYBOOK_BUSY. */
DAYBOOK_API int32_t daybook_attachment_begin(daybook_handle* handle, char** adding,
                                             size_t* adding_size, daybook_error* error);
DAYBOOK_API int32_t daybook_attachment_append(daybook_handle* handle, const char* adding,
                                              size_t adding_size, const uint8_t* bytes,
                                              size_t bytes_size, daybook_error* error);
DAYBOOK_API int32_t daybook_attachment_finish(daybook_handle* handle, const char* adding,
                                              size_t adding_size, const char* options,
                                              size_t options_size, char** json, size_t* json_size,
                                              daybook_error* error);
DAYBOOK_API int32_t daybook_attachment_cancel(daybook_handle* handle, const char* adding,
                                              size_t adding_size, daybook_error* error);

/* What is known of the contents of this phone, oldest first:
 *
 *  [{"kind":"attachment","digest":"…","size":204800,"state":"waiting","priority":1,
 *    "network":"any","carried":65536,"under_way":true,"added_ms":…,"trouble":null}]
 *
 * state: loose (no set names it yet), waiting (for the office), brought (the office has it),
 * refused (it will not take it: "trouble" is the error), wanted (to come from the office), fetched
 * (came from there), safe (the office has it, and every backup that it keeps), freed (was safe, and
 * its bytes are not here any more). carried: bytes at the other end. The event "attachments" tells
 * that something moved. */
DAYBOOK_API int32_t daybook_attachments(daybook_handle* handle, char** json, size_t* json_size,
                                        daybook_error* error);
/* One of them; DAYBOOK_NOT_FOUND when nothing is known of it here. */
DAYBOOK_API int32_t daybook_attachment_find(daybook_handle* handle, const char* content,
                                            size_t content_size, char** json, size_t* json_size,
                                            daybook_error* error);
/* Up to `buffer_size` bytes from `offset`; *bytes_read is 0 at the end. DAYBOOK_NOT_FOUND: its
 * bytes are not on this phone, daybook_attachment_fetch() gets them. Runs on the calling thread. */
DAYBOOK_API int32_t daybook_attachment_read(daybook_handle* handle, const char* content,
                                            size_t content_size, uint64_t offset, uint8_t* buffer,
                                            size_t buffer_size, size_t* bytes_read,
                                            daybook_error* error);
/* Asks for it from the office, before everything that is to go there; returns at once. */
DAYBOOK_API int32_t daybook_attachment_fetch(daybook_handle* handle, const char* content,
                                             size_t content_size, daybook_error* error);
/* "any", "unmetered" or "now", from now on. */
DAYBOOK_API int32_t daybook_attachment_network(daybook_handle* handle, const char* content,
                                               size_t content_size, const char* network,
                                               size_t network_size, daybook_error* error);
/* Deletes what no set names. DAYBOOK_FORBIDDEN once one does: evidence stays. */
DAYBOOK_API int32_t daybook_attachment_forget(daybook_handle* handle, const char* content,
                                              size_t content_size, daybook_error* error);
/* Frees the bytes of contents in state "safe" (the oldest first) until at most `keep_bytes` of
 * those are left; daybook_attachment_fetch() brings one back. {"freed":2,"bytes":417792}. Since ABI
 * 1.5. */
DAYBOOK_API int32_t daybook_attachments_free(daybook_handle* handle, uint64_t keep_bytes,
                                             char** json, size_t* json_size, daybook_error* error);

/* == Reading: the only door for SQL == */

/* Every collection of the schema is a table of its name: id, its fields, and _state ('', 'pending',
 * 'parked', 'no_longer_yours'); every view of it, a view of its name. One reading statement of
 * SQLite's SQL; `params` is a JSON array for ?1, ?2 … (text, whole numbers, true, false, null), or
 * null. What the statement reads is a snapshot that begins with its first step. Runs on the calling
 * thread and never holds up daybook_commit(). At most 16 statements are open at a time:
 * DAYBOOK_BUSY. */
DAYBOOK_API int32_t daybook_query(daybook_handle* handle, const char* sql, size_t sql_size,
                                  const char* params, size_t params_size,
                                  daybook_statement** statement, daybook_error* error);
/* has_row is 1 while there is a row, then 0. DAYBOOK_TIMED_OUT when the statement works for too
 * long. */
DAYBOOK_API int32_t daybook_statement_step(daybook_statement* statement, int32_t* has_row,
                                           daybook_error* error);
/* Names as a JSON array; lives until the statement is closed. */
DAYBOOK_API int32_t daybook_statement_columns(daybook_statement* statement, const char** json,
                                              size_t* json_size, daybook_error* error);
/* The row as a JSON array in the order of the columns; lives until the next step. Blobs are hex; a
 * computed fraction (an average) comes as text. */
DAYBOOK_API int32_t daybook_statement_row(daybook_statement* statement, const char** json,
                                          size_t* json_size, daybook_error* error);
/* Null is allowed. */
DAYBOOK_API void daybook_statement_close(daybook_statement* statement);
/* All rows at once: {"columns":["id","status"],"rows":[["…","signed"]]}. DAYBOOK_TOO_LARGE over
 * `rows_max` rows or 64 MiB. */
DAYBOOK_API int32_t daybook_query_all(daybook_handle* handle, const char* sql, size_t sql_size,
                                      const char* params, size_t params_size, uint64_t rows_max,
                                      char** json, size_t* json_size, daybook_error* error);

/* == Being told == */

/* Asks for an event when something changed: {"collections":["visit","part_swap"]}, which may name
 * views too and then stands for what they are derived from, or
 * {"sql":"select …"}, which stands for the collections that the query reads. The event may come
 * though the rows that interest you are the same; it never fails to come. */
DAYBOOK_API int32_t daybook_watch(daybook_handle* handle, const char* json, size_t json_size,
                                  uint64_t* watch, daybook_error* error);
DAYBOOK_API int32_t daybook_unwatch(daybook_handle* handle, uint64_t watch, daybook_error* error);

/* The oldest event, or DAYBOOK_TIMED_OUT after `timeout_ms` (0: do not wait; negative: for ever).
 * Several changes of one watch wait as one event. DAYBOOK_CLOSED when another thread called
 * daybook_interrupt_events().
 *
 *   {"event":"watch","watch":3,"changes":[{"collection":"visit","ids":["…"]}]}
 *   {"event":"receipt","receipt":{…}}    as daybook_receipts_of() lists them
 *   {"event":"status"}                   ask daybook_status()
 *   {"event":"schema"}                   the rules were replaced
 *   {"event":"attachments"}              ask daybook_attachments()
 *   {"event":"missed"}                   1000 receipts waited: list them instead
 *
 * A change without "ids": anything in the collection may have changed. */
DAYBOOK_API int32_t daybook_next_event(daybook_handle* handle, int64_t timeout_ms, char** json,
                                       size_t* json_size, daybook_error* error);
/* Lets the daybook_next_event() that waits now, or else the next one, return DAYBOOK_CLOSED. */
DAYBOOK_API int32_t daybook_interrupt_events(daybook_handle* handle, daybook_error* error);

/* == Exchanging with the office == */

typedef enum daybook_network {
  DAYBOOK_NETWORK_ONLINE = 0,
  DAYBOOK_NETWORK_METERED = 1, /* records travel, large attachments wait */
  DAYBOOK_NETWORK_OFFLINE = 2  /* nothing is sent; an exchange under way is broken off */
} daybook_network;

/* Background exchange on threads of the library, until stopped or closed. DAYBOOK_CLOSED before
 * enrolment. Starting twice is fine. */
DAYBOOK_API int32_t daybook_start_sync(daybook_handle* handle, daybook_error* error);
DAYBOOK_API int32_t daybook_stop_sync(daybook_handle* handle, daybook_error* error);
/* Do not wait for the next attempt: the user asked, or the network came back. Returns at once.
 * DAYBOOK_CLOSED unless started. */
DAYBOOK_API int32_t daybook_sync_now(daybook_handle* handle, daybook_error* error);
/* What the host knows about the network; a daybook_network. Holds until the handle is closed. To be
 * told at every change: with a network the office is asked now, whatever retry was waited for. */
DAYBOOK_API int32_t daybook_set_network(daybook_handle* handle, int32_t network,
                                        daybook_error* error);
/* Asks the office now, and waits until nothing of this phone's waits and its copy is complete. What
 * is parked waits for a person at the office and is not waited for.
 * DAYBOOK_TIMED_OUT after `timeout_ms`, with the last obstacle in `detail`; at once the code of an
 * obstacle that waiting cannot remove (DAYBOOK_REVOKED, DAYBOOK_FORBIDDEN). */
DAYBOOK_API int32_t daybook_wait_idle(daybook_handle* handle, int64_t timeout_ms,
                                      daybook_error* error);

/* {"kind":"status","enrolled":true,"held":false,"filling":false,
 *  "pending":3,"stored":0,"parked":0,"unsent_bytes":812,"attachments":0,
 *  "no_longer_yours":0,"oldest_pending_ms":…,"complete_version":17,
 *  "last_contact_ms":…,"now_ms":…,"utc_offset_min":480,
 *  "error":{"kind":"error","code":"offline","field":"","detail":""},   null after a success
 *  "retry_in_ms":4000,"in_flight":false,"syncing":true,"network":"online"}
 * pending: sets that the office is not known to hold. stored: held there, and their receipts not
 * yet here. */
DAYBOOK_API int32_t daybook_status(daybook_handle* handle, char** json, size_t* json_size,
                                   daybook_error* error);
/* What the exchange cost since the handle was opened:
 * {"exchanges":2,"connections":31,"cuts":29,"payload_up":…,"payload_resent":…,
 * "payload_down":…,"restarts":0,"line_up":…,"line_down":…,"handshakes_resumed":…,"bells":…,
 * "contents_up":…,"contents_resent":…,"contents_down":…,"contents_proven":…}   bytes of
 * attachments, and contents that the office had and took our word for */
DAYBOOK_API int32_t daybook_counters(daybook_handle* handle, char** json, size_t* json_size,
                                     daybook_error* error);

/* A sentence for people of a JSON object that has a "kind" (a status, a receipt, an error or a
 * set). `language` is "zh" or "en", regions
 * ("zh-CN") are passed over. For example "3 waiting, last contact 14:02, because: no network." */
DAYBOOK_API int32_t daybook_sentence(const char* json, size_t json_size, const char* language,
                                     size_t language_size, char** text, size_t* text_size,
                                     daybook_error* error);

/* == What became of my work == */

/* Receipts of one set, oldest first (parked, later accepted, …), as a JSON array:
 *
 *  {"kind":"receipt","ordinal":4,"set":"…","seq":12,"commit":17,"verdict":"merged",
 *   "reason":"","detail":"","rules_version":1,
 *   "fields":[{"collection":"visit","id":"…","field":"notes",
 *              "label":{"zh":"备注","en":"Notes"},
 *              "outcome":"merged","rule":"keep_both","own":"…","case":0}]}
 *
 * Verdicts: accepted, merged, conflicted, parked, refused, discarded; and further: what a person
 * decided ("reason":"decided", "reopened") or asks ("asked") about a case that the set fed, in
 * their words in "detail"; "fields" as the last receipt had them, with what became of them. */
DAYBOOK_API int32_t daybook_receipts_of(daybook_handle* handle, const char* set, size_t set_size,
                                        char** json, size_t* json_size, daybook_error* error);
/* Receipts that arrived after the one with this ordinal (0: all that are kept), oldest first, at
 * most `count_max`. */
DAYBOOK_API int32_t daybook_receipts_since(daybook_handle* handle, uint64_t ordinal,
                                           uint64_t count_max, char** json, size_t* json_size,
                                           daybook_error* error);

typedef enum daybook_sets {
  DAYBOOK_SETS_UNSETTLED = 0, /* all below: what I did and have no final answer to */
  DAYBOOK_SETS_UNSENT = 1,    /* the office is not known to hold them */
  DAYBOOK_SETS_STORED = 2,    /* held there, receipt not yet here */
  DAYBOOK_SETS_PARKED = 3     /* the office could not apply them; a person will */
} daybook_sets;

/* The phone's own sets, oldest first:
 *
 *  [{"kind":"set","set":"…","number":12,"state":"unsent","captured_ms":…,"size":812,
 *    "records":[{"collection":"visit","id":"…"}]}]
 *
 * state: unsent, stored, parked, settled. */
DAYBOOK_API int32_t daybook_own_sets(daybook_handle* handle, int32_t which, char** json,
                                     size_t* json_size, daybook_error* error);
/* One of them, settled ones too while they are kept. DAYBOOK_NOT_FOUND. */
DAYBOOK_API int32_t daybook_find_set(daybook_handle* handle, const char* set, size_t set_size,
                                     char** json, size_t* json_size, daybook_error* error);

/* == Deleting unsent work: only by name == */

/* Deletes a set that the office is not known to hold. `confirmation` must be the same id again:
 * nobody deletes by a slip. DAYBOOK_INVALID when later sets build upon it (`detail` says how many)
 * and `with_dependents` is 0. DAYBOOK_FORBIDDEN when the office holds it. */
DAYBOOK_API int32_t daybook_discard_set(daybook_handle* handle, const char* set, size_t set_size,
                                        const char* confirmation, size_t confirmation_size,
                                        int32_t with_dependents, daybook_error* error);
/* Deletes everything, unsent work too, and forgets the enrolment. `confirmation` must be the device
 * id. Stops the background work. */
DAYBOOK_API int32_t daybook_wipe(daybook_handle* handle, const char* confirmation,
                                 size_t confirmation_size, daybook_error* error);

/* For support: versions, device, rules, status, counters, unsettled sets and the file's settings in
 * one JSON object. Its members may change from release to release. No contents of records. */
DAYBOOK_API int32_t daybook_inspect(daybook_handle* handle, char** json, size_t* json_size,
                                    daybook_error* error);

#ifdef __cplusplus
}
#endif

#endif

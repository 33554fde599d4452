// SPDX-License-Identifier: Apache-2.0
// daybook.h: versions, opening and closing, who this phone is, writing, and sentences.
#include <cstdlib>
#include <cstring>

#include "client-lib/abi/c_door.hpp"
#include "client-lib/abi/json/json_text.hpp"
#include "client-lib/abi/json/sentences.hpp"
#include "core/base/error.hpp"
#include "core/base/hex.hpp"
#include "core/schema/json_lines.hpp"

namespace {

using namespace daybook;

constexpr std::size_t kKeySizeMax = 1024;

// Convention 3. `init` names the macro that sets the size.
template <class Options>
Result<void> check_size(const Options* options, const std::string& init) {
  if (options == nullptr) return failure(Errc::kInvalid, "options", "null");
  if (options->struct_size < sizeof(Options))
    return failure(Errc::kInvalid, "options.struct_size", "use " + init);
  // What a newer caller added stands behind; as long as it is zero, it asks for nothing.
  const auto* const bytes = reinterpret_cast<const unsigned char*>(options);
  if (options->struct_size > 4096)
    return failure(Errc::kInvalid, "options.struct_size", "not a size");
  for (std::size_t i = sizeof(Options); i < options->struct_size; ++i) {
    if (bytes[i] != 0) return failure(Errc::kNotSupported, "options", "of a newer version");
  }
  return {};
}

Result<std::optional<KeyAlg>> read_key_alg(std::int32_t number) {
  switch (number) {
    case DAYBOOK_KEY_ALG_DEFAULT: return std::optional<KeyAlg>();
    case DAYBOOK_KEY_ALG_ED25519: return std::optional(KeyAlg::kEd25519);
    case DAYBOOK_KEY_ALG_ES256: return std::optional(KeyAlg::kEs256);
    default: break;
  }
  return failure(Errc::kNotSupported, "options.key_alg", std::to_string(number));
}

Result<abi::Opening> read_options(const daybook_open_options* options) {
  DAYBOOK_TRY(check_size(options, "DAYBOOK_OPEN_OPTIONS_INIT"));
  if (options->flags != 0) return failure(Errc::kNotSupported, "options.flags");
  abi::Opening opening;
  DAYBOOK_ASSIGN(opening.path, abi::read_text_argument(options->path, options->path_size,
                                                       "options.path", abi::kPathSizeMax));
  // A second connection must find the same file, so it has to be one.
  if (opening.path.empty() || opening.path.front() == ':' ||
      opening.path.find('\0') != std::string::npos) {
    return failure(Errc::kInvalid, "options.path", "not the path of a file");
  }
  DAYBOOK_ASSIGN(opening.schema, abi::read_optional_text(options->schema, options->schema_size,
                                                         "options.schema", kSchemaTextSizeMax));
  if (options->key != nullptr || options->key_size != 0) {
    if (options->key == nullptr || options->key_size > kKeySizeMax)
      return failure(Errc::kInvalid, "options.key");
    const auto* const key = static_cast<const std::uint8_t*>(options->key);
    opening.key.assign(key, key + options->key_size);
    if (opening.key.empty()) return failure(Errc::kInvalid, "options.key", "empty");
  }
  return opening;
}

struct ActArguments {
  const char* act;
  size_t act_size;
  const char* json;
  size_t json_size;
  char** answer;
  size_t* answer_size;
};

// The one call that answers beside an error: what is missing is what the caller asked for.
int32_t do_act(daybook_handle* handle, const ActArguments& given, bool only_weigh,
               daybook_error* error) {
  if (given.answer != nullptr) *given.answer = nullptr;
  if (given.answer_size != nullptr) *given.answer_size = 0;
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    if (given.answer == nullptr) return failure(Errc::kInvalid, "output", "null");
    DAYBOOK_ASSIGN(const auto name, abi::read_text_argument(given.act, given.act_size, "act",
                                                            abi::kShortTextSizeMax));
    DAYBOOK_ASSIGN(const auto text, abi::read_optional_text(given.json, given.json_size, "json",
                                                            abi::kJsonTextSizeMax));
    DAYBOOK_ASSIGN(const auto answer, open.act(std::string(name), text, only_weigh));
    DAYBOOK_TRY(abi::give_text(answer.json, given.answer, given.answer_size));
    if (!answer.may_go_on) return failure(Errc::kMissing, "act", "the answer says what is missing");
    return success();
  });
}

// What an answer is for a request in JSON.
int32_t answer_json(daybook_handle* handle, const char* json, size_t json_size, char** answer,
                    size_t* answer_size, daybook_error* error,
                    Result<std::string> (abi::OpenHandle::*asked)(std::string_view)) {
  return abi::answer_text(
      handle, answer, answer_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const auto text,
                       abi::read_text_argument(json, json_size, "json", abi::kJsonTextSizeMax));
        return (open.*asked)(text);
      });
}

}  // namespace

extern "C" {

uint32_t daybook_abi_version(void) { return DAYBOOK_ABI_VERSION; }

const char* daybook_version(void) { return DAYBOOK_VERSION; }

// Names are literals, so they end with a NUL.
const char* daybook_code_name(int32_t code) { return name_of(static_cast<Errc>(code)).data(); }

void daybook_string_free(char* text) { std::free(text); }

int32_t daybook_open(const daybook_open_options* options, daybook_handle** handle,
                     daybook_error* error) {
  if (handle != nullptr) *handle = nullptr;
  return abi::answer(error, [&]() -> Result<void> {
    if (handle == nullptr) return failure(Errc::kInvalid, "handle", "null");
    DAYBOOK_ASSIGN(const auto opening, read_options(options));
    auto fresh = std::make_unique<daybook_handle>();
    DAYBOOK_ASSIGN(fresh->open, abi::OpenHandle::open(opening));
    *handle = fresh.release();
    return success();
  });
}

void daybook_close(daybook_handle* handle) {
  static_cast<void>(abi::answer(nullptr, [&]() -> Result<void> {
    delete handle;
    return success();
  }));
}

int32_t daybook_enrol(daybook_handle* handle, const char* code, size_t code_size,
                      const char* device_name, size_t device_name_size, daybook_error* error) {
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    DAYBOOK_ASSIGN(const auto text,
                   abi::read_text_argument(code, code_size, "code", abi::kShortTextSizeMax));
    DAYBOOK_ASSIGN(const auto name, abi::read_optional_text(device_name, device_name_size,
                                                            "device_name", abi::kShortTextSizeMax));
    return open.enrol(text, name, std::nullopt);
  });
}

int32_t daybook_enrol_with(daybook_handle* handle, const daybook_enrol_options* options,
                           daybook_error* error) {
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    DAYBOOK_TRY(check_size(options, "DAYBOOK_ENROL_OPTIONS_INIT"));
    DAYBOOK_ASSIGN(const auto key_alg, read_key_alg(options->key_alg));
    DAYBOOK_ASSIGN(const auto text,
                   abi::read_text_argument(options->code, options->code_size, "options.code",
                                           abi::kShortTextSizeMax));
    DAYBOOK_ASSIGN(const auto name,
                   abi::read_optional_text(options->device_name, options->device_name_size,
                                           "options.device_name", abi::kShortTextSizeMax));
    return open.enrol(text, name, key_alg);
  });
}

int32_t daybook_device(daybook_handle* handle, char** json, size_t* json_size,
                       daybook_error* error) {
  return abi::answer_text(handle, json, json_size, error,
                          [](abi::OpenHandle& open) { return open.device(); });
}

int32_t daybook_schema(daybook_handle* handle, char** json, size_t* json_size,
                       daybook_error* error) {
  return abi::answer_text(handle, json, json_size, error,
                          [](abi::OpenHandle& open) { return open.schema_json(); });
}

int32_t daybook_new_id(daybook_handle* handle, char id[37], daybook_error* error) {
  if (id != nullptr) id[0] = '\0';
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    if (id == nullptr) return failure(Errc::kInvalid, "id", "null");
    DAYBOOK_ASSIGN(const Uuid fresh, open.new_id());
    const std::string text = to_string(fresh);
    std::memcpy(id, text.c_str(), text.size() + 1);
    return success();
  });
}

int32_t daybook_commit(daybook_handle* handle, const char* json, size_t json_size, char** result,
                       size_t* result_size, daybook_error* error) {
  return abi::answer_text(
      handle, result, result_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const auto text,
                       abi::read_text_argument(json, json_size, "commit", abi::kJsonTextSizeMax));
        return open.commit(text);
      });
}

int32_t daybook_act(daybook_handle* handle, const char* act, size_t act_size, const char* json,
                    size_t json_size, char** answer, size_t* answer_size, daybook_error* error) {
  return do_act(handle, {act, act_size, json, json_size, answer, answer_size}, false, error);
}

int32_t daybook_act_check(daybook_handle* handle, const char* act, size_t act_size,
                          const char* json, size_t json_size, char** answer, size_t* answer_size,
                          daybook_error* error) {
  return do_act(handle, {act, act_size, json, json_size, answer, answer_size}, true, error);
}

int32_t daybook_sentence(const char* json, size_t json_size, const char* language,
                         size_t language_size, char** text, size_t* text_size,
                         daybook_error* error) {
  if (text != nullptr) *text = nullptr;
  if (text_size != nullptr) *text_size = 0;
  return abi::answer(error, [&]() -> Result<void> {
    if (text == nullptr) return failure(Errc::kInvalid, "output", "null");
    DAYBOOK_ASSIGN(const auto asked,
                   abi::read_text_argument(json, json_size, "json", abi::kJsonTextSizeMax));
    DAYBOOK_ASSIGN(const auto name, abi::read_text_argument(language, language_size, "language",
                                                            abi::kShortTextSizeMax));
    DAYBOOK_ASSIGN(const auto spoken, abi::read_language(name));
    DAYBOOK_ASSIGN(const auto object, abi::read_json(asked, "json"));
    DAYBOOK_ASSIGN(const std::string sentence, abi::sentence_of(object, spoken));
    return abi::give_text(sentence, text, text_size);
  });
}

int32_t daybook_form_present(daybook_handle* handle, const char* json, size_t json_size,
                             char** answer, size_t* answer_size, daybook_error* error) {
  return answer_json(handle, json, json_size, answer, answer_size, error,
                     &abi::OpenHandle::present_paper);
}

int32_t daybook_form_sign(daybook_handle* handle, const char* json, size_t json_size, char** answer,
                          size_t* answer_size, daybook_error* error) {
  return answer_json(handle, json, json_size, answer, answer_size, error,
                     &abi::OpenHandle::sign_paper);
}

int32_t daybook_form_seal(daybook_handle* handle, const char* id, size_t id_size, char** answer,
                          size_t* answer_size, daybook_error* error) {
  return abi::answer_text(
      handle, answer, answer_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const Uuid paper, abi::read_id_argument(id, id_size, "id"));
        return open.seal_paper(paper);
      });
}

int32_t daybook_form_close(daybook_handle* handle, const char* id, size_t id_size,
                           daybook_error* error) {
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    DAYBOOK_ASSIGN(const Uuid paper, abi::read_id_argument(id, id_size, "id"));
    return open.close_paper(paper);
  });
}

}  // extern "C"

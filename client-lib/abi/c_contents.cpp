// SPDX-License-Identifier: Apache-2.0
// daybook.h: contents of attachments.
#include "client-lib/abi/c_door.hpp"
#include "core/base/hex.hpp"

namespace {

using namespace daybook;

Result<Digest> read_digest_argument(const char* text, std::size_t size) {
  DAYBOOK_ASSIGN(const auto hex,
                 abi::read_text_argument(text, size, "content", abi::kShortTextSizeMax));
  const auto bytes = from_hex(hex);
  const auto digest = bytes ? Digest::from(*bytes) : std::nullopt;
  if (!digest) return failure(Errc::kInvalid, "content", "expected 64 hex digits");
  return *digest;
}

// A call about one content that gives nothing back.
template <class Call>
std::int32_t about_content(daybook_handle* handle, const char* content, size_t content_size,
                           daybook_error* error, Call&& call) {
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    DAYBOOK_ASSIGN(const Digest digest, read_digest_argument(content, content_size));
    return call(open, digest);
  });
}

}  // namespace

extern "C" {

int32_t daybook_attachment_add_file(daybook_handle* handle, const char* path, size_t path_size,
                                    const char* options, size_t options_size, char** json,
                                    size_t* json_size, daybook_error* error) {
  return abi::answer_text(
      handle, json, json_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const auto file,
                       abi::read_text_argument(path, path_size, "path", abi::kPathSizeMax));
        DAYBOOK_ASSIGN(const auto how, abi::read_optional_text(options, options_size, "options",
                                                               abi::kShortTextSizeMax));
        return open.add_file(std::string(file), how);
      });
}

int32_t daybook_attachment_begin(daybook_handle* handle, char** adding, size_t* adding_size,
                                 daybook_error* error) {
  return abi::answer_text(handle, adding, adding_size, error,
                          [](abi::OpenHandle& open) -> Result<std::string> {
                            DAYBOOK_ASSIGN(const Uuid id, open.begin_adding());
                            return to_string(id);
                          });
}

int32_t daybook_attachment_append(daybook_handle* handle, const char* adding, size_t adding_size,
                                  const uint8_t* bytes, size_t bytes_size, daybook_error* error) {
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    DAYBOOK_ASSIGN(const Uuid id, abi::read_id_argument(adding, adding_size, "adding"));
    if (bytes == nullptr && bytes_size != 0) return failure(Errc::kInvalid, "bytes", "null");
    if (bytes_size == 0) return success();
    return open.append(id, {bytes, bytes_size});
  });
}

int32_t daybook_attachment_finish(daybook_handle* handle, const char* adding, size_t adding_size,
                                  const char* options, size_t options_size, char** json,
                                  size_t* json_size, daybook_error* error) {
  return abi::answer_text(
      handle, json, json_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const Uuid id, abi::read_id_argument(adding, adding_size, "adding"));
        DAYBOOK_ASSIGN(const auto how, abi::read_optional_text(options, options_size, "options",
                                                               abi::kShortTextSizeMax));
        return open.finish_adding(id, how);
      });
}

int32_t daybook_attachment_cancel(daybook_handle* handle, const char* adding, size_t adding_size,
                                  daybook_error* error) {
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    DAYBOOK_ASSIGN(const Uuid id, abi::read_id_argument(adding, adding_size, "adding"));
    return open.cancel_adding(id);
  });
}

int32_t daybook_attachments(daybook_handle* handle, char** json, size_t* json_size,
                            daybook_error* error) {
  return abi::answer_text(handle, json, json_size, error,
                          [](abi::OpenHandle& open) { return open.attachments(); });
}

int32_t daybook_attachment_find(daybook_handle* handle, const char* content, size_t content_size,
                                char** json, size_t* json_size, daybook_error* error) {
  return abi::answer_text(
      handle, json, json_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const Digest digest, read_digest_argument(content, content_size));
        return open.find_attachment(digest);
      });
}

int32_t daybook_attachment_read(daybook_handle* handle, const char* content, size_t content_size,
                                uint64_t offset, uint8_t* buffer, size_t buffer_size,
                                size_t* bytes_read, daybook_error* error) {
  if (bytes_read != nullptr) *bytes_read = 0;
  return about_content(
      handle, content, content_size, error,
      [&](abi::OpenHandle& open, const Digest& digest) -> Result<void> {
        if (buffer == nullptr || buffer_size == 0 || bytes_read == nullptr)
          return failure(Errc::kInvalid, "buffer", "null or of no size");
        DAYBOOK_ASSIGN(*bytes_read, open.read_attachment(digest, offset, {buffer, buffer_size}));
        return success();
      });
}

int32_t daybook_attachment_fetch(daybook_handle* handle, const char* content, size_t content_size,
                                 daybook_error* error) {
  return about_content(
      handle, content, content_size, error,
      [](abi::OpenHandle& open, const Digest& digest) { return open.fetch_attachment(digest); });
}

int32_t daybook_attachment_network(daybook_handle* handle, const char* content, size_t content_size,
                                   const char* network, size_t network_size, daybook_error* error) {
  return about_content(handle, content, content_size, error,
                       [&](abi::OpenHandle& open, const Digest& digest) -> Result<void> {
                         DAYBOOK_ASSIGN(const auto name,
                                        abi::read_text_argument(network, network_size, "network",
                                                                abi::kShortTextSizeMax));
                         return open.choose_network(digest, name);
                       });
}

int32_t daybook_attachment_forget(daybook_handle* handle, const char* content, size_t content_size,
                                  daybook_error* error) {
  return about_content(
      handle, content, content_size, error,
      [](abi::OpenHandle& open, const Digest& digest) { return open.forget_attachment(digest); });
}

int32_t daybook_attachments_free(daybook_handle* handle, uint64_t keep_bytes, char** json,
                                 size_t* json_size, daybook_error* error) {
  return abi::answer_text(handle, json, json_size, error, [&](abi::OpenHandle& open) {
    return open.free_attachments(keep_bytes);
  });
}

}  // extern "C"

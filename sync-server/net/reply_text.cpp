// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/reply_text.hpp"

#include <algorithm>

namespace daybook {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

bool is_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); });
}

// What frames the message is said here and nowhere else.
bool is_framing(std::string_view name) {
  return name == "content-length" || name == "transfer-encoding" || name == "connection";
}

bool is_sound(const http::Response& response) {
  if (response.status < 200 || response.status > 599 || !is_line(response.content_type))
    return false;
  return std::all_of(response.headers.begin(), response.headers.end(),
                     [](const http::Header& header) {
                       const bool name = !header.name.empty() && is_line(header.name) &&
                                         header.name.find_first_of(": \t") == std::string::npos;
                       return name && is_line(header.value) && !is_framing(header.name);
                     });
}

bool has_header(const http::Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const http::Header& header) { return header.name == name; });
}

// HSTS means nothing for an address, and a phone does not read it.
bool wants_hsts(const http::Response& response, std::string_view host) {
  if (host.empty() || host.front() == '[') return false;
  const std::string_view name = host.substr(0, host.find(':'));
  const bool address = name.find_first_not_of("0123456789.") == std::string_view::npos;
  const std::string_view type = response.content_type;
  return !address && (type.rfind("text/html", 0) == 0 || type.rfind("application/json", 0) == 0);
}

void add(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string reply_head(http::Response& response, const ReplyFrame& frame) {
  if (!is_sound(response)) {
    response = refusal(500, "reply");
    response.close = true;
  }
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  out.append(reason_of(response.status)).append("\r\n");
  const bool bodiless = response.status == 204 || response.status == 304;
  if (bodiless) {
    response.body.clear();
  } else {
    add(out, "Content-Length", std::to_string(response.body.size()));
    if (!response.content_type.empty() && !response.body.empty())
      add(out, "Content-Type", response.content_type);
  }
  if (!has_header(response, "cache-control")) add(out, "Cache-Control", "no-store");
  if (!has_header(response, "x-content-type-options"))
    add(out, "X-Content-Type-Options", "nosniff");
  if (wants_hsts(response, frame.host) && !has_header(response, "strict-transport-security")) {
    add(out, "Strict-Transport-Security", "max-age=63072000");
  }
  if (frame.close || response.close) add(out, "Connection", "close");
  for (const auto& header : response.headers) add(out, header.name, header.value);
  return out += "\r\n";
}

std::string stream_head(std::string_view protocol) {
  if (!protocol.empty()) {
    std::string head = "HTTP/1.1 101 Switching Protocols\r\n";
    add(head, "Connection", "Upgrade");
    add(head, "Upgrade", protocol);
    return head += "\r\n";
  }
  return "HTTP/1.1 200 OK\r\n"
         "Content-Type: text/event-stream\r\n"
         "Cache-Control: no-store\r\n"
         "X-Content-Type-Options: nosniff\r\n"
         "Connection: close\r\n\r\n";
}

http::Response refusal(int status, std::string_view problem) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  std::string text = "{\"error\":\"";
  text.append(problem).append("\"}\n");
  response.body.assign(text.begin(), text.end());
  if (status == 405)
    response.headers.push_back({"allow", "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"});
  if (status == 503) response.headers.push_back({"retry-after", "1"});
  return response;
}

}  // namespace daybook

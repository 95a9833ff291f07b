#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace parley::net {

struct HeaderField {
  std::string_view name;
  std::string_view value;  ///< without the white space around it
};

/// The head of an HTTP/1.1 request (RFC 9112); everything points into its bytes.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  bool http_1_0 = false;
  std::vector<HeaderField> fields;

  // What the fields say of the body, and of the connection.
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool expects_continue = false;
  bool keep_alive = true;

  /// The first of this name, whatever its case; empty where there is none.
  [[nodiscard]] std::string_view field(std::string_view name) const;
  /// All of a list that may come in several fields (RFC 9110 section 5.3).
  [[nodiscard]] std::string all(std::string_view name) const;
};

/// Why a request goes no further.
struct HttpRefusal {
  int status = 400;
  std::string_view sentence;  ///< a literal

  bool operator==(const HttpRefusal&) const = default;
};

/// What of a request Civetweb takes: its own limits are these (`max_request_size`, MG_MAX_HEADERS).
inline constexpr std::size_t max_head_bytes = 15'360;
inline constexpr std::size_t max_head_fields = 60;

/// Where a head ends, with the empty line, in bytes that start with one; nothing where they do not hold its
/// end. Of them, `seen` were looked at before.
[[nodiscard]] std::optional<std::size_t> end_of_head(std::string_view bytes, std::size_t seen = 0);

/// Reads a whole head, and refuses everything about which two readers could disagree ("request smuggling",
/// RFC 9112 section 11.2): two lengths, a length beside a coding, line ends that are not CRLF, folded lines,
/// space before a colon.
[[nodiscard]] Result<RequestHead, HttpRefusal> read_head(std::string_view head);

}  // namespace parley::net

#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::hls {

/// The lines of one m-section of a description (RFC 8866, section 5), or of the part before the first.
struct SdpSection {
  std::vector<std::string_view> lines;

  /// Whether it has this line.
  [[nodiscard]] bool has(std::string_view line) const {
    return std::ranges::find(lines, line) != lines.end();
  }
  /// What follows `prefix` in each line that begins with it: "a=ssrc:".
  [[nodiscard]] std::vector<std::string_view> values(std::string_view prefix) const;
  /// That of the first such line.
  [[nodiscard]] std::optional<std::string_view> value(std::string_view prefix) const;
};

/// The first one is the session's. Lines end with LF or CRLF.
[[nodiscard]] std::vector<SdpSection> sections_of(std::string_view sdp);

/// Appends a line of SDP: an attribute's beginning, as "a=mid:", and its value.
void append_line(std::string& out, std::string_view name, std::string_view value = {});

/// What stands between blanks.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view line);

}  // namespace parley::hls

#include "sdp.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace parley {
namespace {

template <class OnLine>
void for_each_line(std::string_view sdp, OnLine&& on_line) {
  for (std::size_t start = 0; start < sdp.size();) {
    const std::size_t end = std::min(sdp.find('\n', start), sdp.size());
    std::string_view line = sdp.substr(start, end - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    on_line(line);
    start = end + 1;
  }
}

struct Direction {
  bool sends = true;
  bool receives = true;
};

std::optional<Direction> direction_of(std::string_view line) {
  if (line == "a=sendrecv") return Direction{.sends = true, .receives = true};
  if (line == "a=sendonly") return Direction{.sends = true, .receives = false};
  if (line == "a=recvonly") return Direction{.sends = false, .receives = true};
  if (line == "a=inactive") return Direction{.sends = false, .receives = false};
  return std::nullopt;
}

/// Of `m=<media> <port> …`.
std::string_view port_of(std::string_view line) {
  line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  return line.substr(0, line.find(' '));
}

void reject(MediaLine& line) {
  line.sends = line.receives = false;
}

/// `<hash function> <digits>`, neither of which is case-sensitive.
std::string canonical_fingerprint(std::string_view value) {
  std::string text(value);
  const std::size_t space = std::min(text.find(' '), text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char& c = text[i];
    if (i < space && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (i > space && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace

std::set<std::string> ice_ufrags(std::string_view sdp) {
  constexpr std::string_view attribute = "a=ice-ufrag:";
  std::set<std::string> found;
  for_each_line(sdp, [&](std::string_view line) {
    if (line.starts_with(attribute)) found.emplace(line.substr(attribute.size()));
  });
  return found;
}

std::string fingerprints(std::string_view sdp) {
  constexpr std::string_view attribute = "a=fingerprint:";
  std::set<std::string> found;
  for_each_line(sdp, [&](std::string_view line) {
    if (line.starts_with(attribute)) found.insert(canonical_fingerprint(line.substr(attribute.size())));
  });
  std::string joined;
  for (const std::string& fingerprint : found) joined += (joined.empty() ? "" : "\n") + fingerprint;
  return joined;
}

std::vector<MediaLine> media_lines(std::string_view sdp) {
  constexpr std::string_view mid = "a=mid:";
  std::vector<MediaLine> lines;
  Direction session;
  bool in_session = true;
  bool in_media = false;
  bool rejected = false;
  for_each_line(sdp, [&](std::string_view line) {
    if (line.starts_with("m=")) {
      if (in_media && rejected) reject(lines.back());
      const bool audio = line.starts_with("m=audio ");
      in_session = false;
      in_media = audio || line.starts_with("m=video ");
      if (!in_media) return;
      rejected = port_of(line) == "0";
      lines.push_back({.mid = {},
                       .kind = audio ? MediaKind::audio : MediaKind::video,
                       .sends = session.sends,
                       .receives = session.receives});
    } else if (const auto direction = direction_of(line); direction && in_session) {
      session = *direction;
    } else if (!in_media) {
      return;
    } else if (direction) {
      lines.back().sends = direction->sends;
      lines.back().receives = direction->receives;
    } else if (line == "a=bundle-only") {
      // RFC 8843 section 6: it goes where another line goes, and its port says nothing.
      rejected = false;
    } else if (line.starts_with(mid)) {
      lines.back().mid = line.substr(mid.size());
    }
  });
  if (in_media && rejected) reject(lines.back());
  return lines;
}

}  // namespace parley

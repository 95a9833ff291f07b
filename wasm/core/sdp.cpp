#include "sdp.hpp"

#include <algorithm>
#include <cstddef>

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

}  // namespace

std::set<std::string> ice_ufrags(std::string_view sdp) {
  constexpr std::string_view attribute = "a=ice-ufrag:";
  std::set<std::string> found;
  for_each_line(sdp, [&](std::string_view line) {
    if (line.starts_with(attribute)) found.emplace(line.substr(attribute.size()));
  });
  return found;
}

std::vector<MediaLine> media_lines(std::string_view sdp) {
  constexpr std::string_view mid = "a=mid:";
  std::vector<MediaLine> lines;
  bool in_media = false;
  for_each_line(sdp, [&](std::string_view line) {
    const bool audio = line.starts_with("m=audio ");
    if (line.starts_with("m=")) in_media = audio || line.starts_with("m=video ");
    if (!in_media) return;
    if (line.starts_with("m="))
      lines.push_back({.mid = {}, .kind = audio ? MediaKind::audio : MediaKind::video});
    if (line.starts_with(mid)) lines.back().mid = line.substr(mid.size());
  });
  return lines;
}

}  // namespace parley

#include "hls/sdp_section.hpp"

namespace parley::hls {

std::vector<std::string_view> SdpSection::values(std::string_view prefix) const {
  std::vector<std::string_view> found;
  for (const std::string_view line : lines) {
    if (line.starts_with(prefix)) found.push_back(line.substr(prefix.size()));
  }
  return found;
}

std::optional<std::string_view> SdpSection::value(std::string_view prefix) const {
  const auto begins = [prefix](std::string_view line) { return line.starts_with(prefix); };
  const auto found = std::ranges::find_if(lines, begins);
  if (found == lines.end()) return std::nullopt;
  return found->substr(prefix.size());
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(value).append("\r\n");
}

std::vector<SdpSection> sections_of(std::string_view sdp) {
  std::vector<SdpSection> sections(1);
  while (!sdp.empty()) {
    std::string_view line = sdp.substr(0, sdp.find('\n'));
    sdp.remove_prefix(std::min(sdp.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("m=")) sections.emplace_back();
    if (!line.empty()) sections.back().lines.push_back(line);
  }
  return sections;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(line.size(), word.size() + 1));
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

}  // namespace parley::hls

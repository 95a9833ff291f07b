#include "hls/answer.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "hls/sdp_section.hpp"

namespace parley::hls {

namespace {

constexpr std::string_view candidate_attribute = "a=candidate:";

bool is_rejected(const SdpSection& section) {
  const auto words = words_of(section.lines.front());
  return words.size() < 2 || words[1] == "0";
}

/// The m-line up to its formats, the address, and the mid.
void append_head(std::string& out, const OfferedLine& line, std::string_view port,
                 const std::vector<std::string_view>& formats) {
  out.append("m=").append(line.media).append(" ").append(port).append(" ").append(line.protocol);
  for (const std::string_view format : formats) out.append(" ").append(format);
  append_line(out, "\r\nc=IN IP4 0.0.0.0");
  if (!line.mid.empty()) append_line(out, "a=mid:", line.mid);
}

void append_rejected(std::string& out, const OfferedLine& line) {
  append_head(out, line, "0", {line.formats.begin(), line.formats.end()});
}

/// On the transport of the others.
void append_inactive(std::string& out, const OfferedLine& line, const SdpSection& transport) {
  const bool known = !line.payloads.empty();
  append_head(out, line, "9", {known ? line.payloads.front().type : line.formats.front()});
  append_line(out, "a=inactive");
  append_line(out, "a=rtcp-mux");
  for (const std::string_view name : {"a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:"}) {
    for (const std::string_view value : transport.values(name)) append_line(out, name, value);
  }
  if (!known || line.payloads.front().encoding.empty()) return;
  const Payload& payload = line.payloads.front();
  append_line(out, "a=rtpmap:", payload.type + ' ' + payload.encoding + '/' + payload.clock);
}

/// A line of webrtcbin's, where it may lack the profile that was offered.
void append_attribute(std::string& out, std::string_view line, const std::vector<Payload>& offered) {
  constexpr std::string_view format = "a=fmtp:";
  constexpr std::string_view name = "profile-level-id=";
  out.append(line);
  if (line.starts_with(format) && line.find(name) == std::string_view::npos) {
    const std::string_view type = words_of(line.substr(format.size())).front();
    const auto payload = std::ranges::find(offered, type, &Payload::type);
    const auto profile =
        payload == offered.end() ? std::nullopt : payload->parameter(name.substr(0, name.size() - 1));
    if (profile) out.append(";").append(name).append(*profile);
  }
  out.append("\r\n");
}

/// What webrtcbin says of one of its m-lines, under the publisher's mid.
void append_taken(std::string& out, const OfferedLine& line, bool sends, const SdpSection& made) {
  constexpr std::array<std::string_view, 4> directions{"a=sendrecv", "a=sendonly", "a=recvonly",
                                                       "a=inactive"};
  constexpr std::size_t before_formats = 3;
  std::vector<std::string_view> formats;
  const auto words = words_of(made.lines.front());
  for (std::size_t i = before_formats; i < words.size(); ++i) formats.push_back(words[i]);
  append_head(out, line, "9", formats);
  append_line(out, sends ? "a=recvonly" : "a=inactive");
  for (std::size_t i = 1; i < made.lines.size(); ++i) {
    const std::string_view attribute = made.lines[i];
    if (attribute.starts_with("a=mid:") || attribute.starts_with("c=") ||
        attribute.starts_with(candidate_attribute) ||
        std::ranges::find(directions, attribute) != directions.end())
      continue;
    append_attribute(out, attribute, line.payloads);
  }
}

/// Whether something is said of the m-line but that it is rejected.
bool is_answered(const Offer& offer, const OfferedLine& line) {
  return line.takes_part && (line.given || offer.bundled);
}

void append_session(std::string& out, const Offer& offer) {
  append_line(out, "v=0");
  append_line(out, "o=- ", offer.origin + " IN IP4 0.0.0.0");
  append_line(out, "s=-");
  append_line(out, "t=0 0");
  if (offer.trickles) append_line(out, "a=ice-options:trickle");
  std::string group;
  for (const std::size_t index : offer.group) {
    const OfferedLine& line = offer.lines[index];
    if (is_answered(offer, line)) group.append(" ").append(line.mid);
  }
  if (!group.empty()) append_line(out, "a=group:BUNDLE", group);
}

/// The same description with another value wherever an attribute stands.
std::string with_value(std::string_view sdp, std::string_view attribute, std::string_view value) {
  std::string out;
  for (const SdpSection& section : sections_of(sdp)) {
    for (const std::string_view line : section.lines) {
      const bool found = line.starts_with(attribute);
      append_line(out, found ? attribute : line, found ? value : "");
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> answer_to(const Offer& offer, const GivenLines& given, std::string_view made) {
  const auto sections = sections_of(made);
  if (sections.size() != 1 + given.size() || std::any_of(sections.begin() + 1, sections.end(), is_rejected))
    return std::nullopt;
  std::string out;
  append_session(out, offer);
  // The group's first m-line that is left has the transport of all (RFC 8843, section 7.3.1).
  const auto in_group = std::ranges::find_if(
      offer.group, [&](std::size_t index) { return is_answered(offer, offer.lines[index]); });
  const std::size_t first = in_group == offer.group.end() ? offer.lines.size() : *in_group;
  for (const OfferedLine& line : offer.lines) {
    if (!is_answered(offer, line)) {
      append_rejected(out, line);
      continue;
    }
    if (line.given) {
      append_taken(out, line, given.sends(*line.given), sections[1 + *line.given]);
    } else {
      append_inactive(out, line, sections[1]);
    }
    if (offer.bundled && line.index != first) continue;
    const std::size_t transport = offer.bundled ? 0 : *line.given;
    for (const std::string_view candidate : sections[1 + transport].values(candidate_attribute))
      append_line(out, candidate_attribute, candidate);
  }
  return out;
}

std::string with_fingerprint(std::string_view sdp, std::string_view fingerprint) {
  return with_value(sdp, "a=fingerprint:", fingerprint);
}

std::string with_ice_credentials(std::string_view sdp, std::string_view ufrag, std::string_view password) {
  return with_value(with_value(sdp, "a=ice-ufrag:", ufrag), "a=ice-pwd:", password);
}

}  // namespace parley::hls

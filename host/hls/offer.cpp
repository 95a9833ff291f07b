#include "hls/offer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <utility>

namespace parley::hls {

namespace {

constexpr std::string_view mid_attribute = "a=mid:";
constexpr std::string_view fingerprint_attribute = "a=fingerprint:";
constexpr std::string_view bundle_group = "a=group:BUNDLE";

/// A payload type (RFC 8866, section 6.6) and what the attributes say of it.
struct Payload {
  std::string_view type{};
  std::string encoding{};  ///< upper case
  std::string_view parameters{};
};

/// The lines of one m-line's part of a description, or of the part before the first.
struct Section {
  std::vector<std::string_view> lines;

  [[nodiscard]] bool is(std::string_view kind) const {
    return !lines.empty() && lines.front().starts_with(kind);
  }
  [[nodiscard]] bool has(std::string_view line) const {
    return std::ranges::find(lines, line) != lines.end();
  }
};

/// The first one is the session's.
std::vector<Section> sections_of(std::string_view sdp) {
  std::vector<Section> sections(1);
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

/// `a=name:TYPE rest`: the type, or nothing where the line is another one.
std::optional<std::pair<std::string_view, std::string_view>> of_payload(std::string_view line,
                                                                        std::string_view name) {
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  const std::size_t blank = std::min(line.find(' '), line.size());
  return std::pair{line.substr(0, blank), line.substr(std::min(blank + 1, line.size()))};
}

/// In the publisher's order of preference.
std::vector<Payload> payloads_of(const Section& section) {
  std::map<std::string_view, Payload> described;
  for (const std::string_view line : section.lines) {
    if (const auto map = of_payload(line, "a=rtpmap:")) {
      std::string& encoding = described[map->first].encoding;
      encoding = map->second.substr(0, map->second.find('/'));
      std::ranges::transform(encoding, encoding.begin(), [](unsigned char c) { return std::toupper(c); });
    }
    if (const auto format = of_payload(line, "a=fmtp:")) described[format->first].parameters = format->second;
  }
  constexpr std::size_t before_types = 3;  // m=video 9 UDP/TLS/RTP/SAVPF
  const auto words = words_of(section.lines.front());
  std::vector<Payload> payloads;
  for (std::size_t i = before_types; i < words.size(); ++i) {
    Payload payload = described[words[i]];
    payload.type = words[i];
    payloads.push_back(std::move(payload));
  }
  return payloads;
}

/// The codecs of a kind, best first.
std::vector<Codec> codecs_of(MediaKind kind) {
  if (kind == MediaKind::audio) return {Codec::opus};
  return {Codec::h264, Codec::vp8, Codec::vp9};
}

/// Whether our depayloaders read it: VP9 of more than 8 bits, profiles 1 to 3, is another matter.
bool is_readable(const Payload& payload) {
  return payload.encoding != "VP9" || payload.parameters.find("profile-id=") == std::string_view::npos ||
         payload.parameters.find("profile-id=0") != std::string_view::npos;
}

/// Of several in one codec: packetization mode 1 (RFC 6184, section 6.3) is what encoders in use send without
/// being asked to slice their pictures for packets.
const Payload* best_of(const std::vector<Payload>& payloads, Codec codec) {
  const Payload* best = nullptr;
  for (const Payload& payload : payloads) {
    if (payload.encoding != encoding_of(codec) || !is_readable(payload)) continue;
    if (payload.parameters.find("packetization-mode=1") != std::string_view::npos) return &payload;
    if (best == nullptr) best = &payload;
  }
  return best;
}

/// A publisher that says neither `stereo=1` nor `sprop-stereo=1` sends mono (RFC 7587, section 6.1), as
/// browsers do; AAC of it is half of the work.
unsigned channels_of(const Payload& opus) {
  return opus.parameters.find("stereo=1") == std::string_view::npos ? 1 : 2;
}

std::optional<MediaKind> kind_of(const Section& section) {
  if (section.is("m=audio ")) return MediaKind::audio;
  if (section.is("m=video ")) return MediaKind::video;
  return std::nullopt;
}

bool is_rejected(const Section& section) {
  const auto words = words_of(section.lines.front());
  return words.size() > 1 && words[1] == "0" && !section.has("a=bundle-only");
}

/// A line whose direction nobody names is sendrecv (RFC 8866, section 6.7).
bool sends(const Section& section, const Section& session) {
  if (is_rejected(section)) return false;
  for (const Section* part : {&section, &session}) {
    if (part->has("a=sendrecv") || part->has("a=sendonly")) return true;
    if (part->has("a=recvonly") || part->has("a=inactive")) return false;
  }
  return true;
}

/// The payload types of the codec and of its retransmissions.
std::vector<std::string_view> kept_types(const std::vector<Payload>& payloads, Codec codec) {
  const Payload* const chosen = best_of(payloads, codec);
  if (chosen == nullptr) return {};
  std::vector<std::string_view> kept{chosen->type};
  const std::string apt = "apt=" + std::string(chosen->type);
  for (const Payload& payload : payloads) {
    if (payload.encoding == "RTX" && payload.parameters == apt) kept.push_back(payload.type);
  }
  return kept;
}

/// Whether an attribute is about a payload type that is not kept.
bool is_of_another(std::string_view line, const std::vector<std::string_view>& kept) {
  for (const std::string_view name : {"a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"}) {
    if (const auto found = of_payload(line, name)) {
      return found->first != "*" && std::ranges::find(kept, found->first) == kept.end();
    }
  }
  return false;
}

/// What an m-line may take from the session (RFC 8839 section 5.4, RFC 8122 section 5, RFC 4145 section 4),
/// as libdatachannel writes it; webrtcbin 1.22 looks for some of it in the m-lines alone.
void append_inherited(const Section& section, const Section& session, std::string& out) {
  for (const std::string_view name : {"a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:"}) {
    const auto is_named = [name](std::string_view line) { return line.starts_with(name); };
    if (std::ranges::any_of(section.lines, is_named)) continue;
    for (const std::string_view line : session.lines) {
      if (is_named(line)) out.append(line).append("\r\n");
    }
  }
}

void append_narrowed(const Section& section, Codec codec, std::string& out) {
  const auto kept = kept_types(payloads_of(section), codec);
  const auto words = words_of(section.lines.front());
  out.append(words[0]).append(" ").append(words[1]).append(" ").append(words[2]);
  for (const std::string_view type : kept) out.append(" ").append(type);
  out.append("\r\n");
  for (const std::string_view line : section.lines) {
    if (!line.starts_with("m=") && !is_of_another(line, kept)) out.append(line).append("\r\n");
  }
}

void append_inactive(const Section& section, std::string& out) {
  for (const std::string_view line : section.lines) {
    const bool direction = line == "a=sendrecv" || line == "a=sendonly" || line == "a=recvonly";
    if (!direction) out.append(line).append("\r\n");
  }
  if (!section.has("a=inactive")) out.append("a=inactive\r\n");
}

/// An m-line with the port zero.
void append_rejected(std::string_view line, std::string& out) {
  const auto words = words_of(line);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out.append(" ");
    out.append(i == 1 ? "0" : words[i]);
  }
  out.append("\r\n");
}

/// To the parameters `format` of a payload type, where they lack the profile that was offered for it.
void append_profile(const std::pair<std::string_view, std::string_view>& format, const Section& offered,
                    std::string& out) {
  constexpr std::string_view name = "profile-level-id=";
  if (format.second.find(name) != std::string_view::npos) return;
  for (const std::string_view line : offered.lines) {
    const auto match = of_payload(line, "a=fmtp:");
    if (!match || match->first != format.first) continue;
    const std::size_t at = match->second.find(name);
    if (at == std::string_view::npos) continue;
    const std::string_view profile = match->second.substr(at);
    out.append(";").append(profile.substr(0, profile.find(';')));
  }
}

/// The same description with another value wherever an attribute stands.
std::string with_value(std::string_view sdp, std::string_view attribute, std::string_view value) {
  std::string out;
  for (const Section& section : sections_of(sdp)) {
    for (const std::string_view line : section.lines) {
      const bool found = line.starts_with(attribute);
      out.append(found ? attribute : line).append(found ? value : "").append("\r\n");
    }
  }
  return out;
}

}  // namespace

std::string_view encoding_of(Codec codec) {
  constexpr std::array<std::string_view, 4> names{"H264", "VP8", "VP9", "OPUS"};
  return names.at(static_cast<std::size_t>(codec));
}

/// webrtcbin 1.22 looks for the media of an SSRC that nobody named in the first m-line, and falls over where
/// that has none.
std::optional<std::string> fault_of_offer(std::string_view sdp) {
  const auto sections = sections_of(sdp);
  if (sections.size() > 1 + max_offered_lines)
    return "it has more than " + std::to_string(max_offered_lines) + " m-lines";
  if (sections.size() > 1 && !kind_of(sections[1]))
    return "its first m-line is neither sound nor video; put a data channel behind them";
  return std::nullopt;
}

std::vector<OfferedLine> offered_lines(std::string_view sdp) {
  const auto sections = sections_of(sdp);
  std::vector<OfferedLine> lines;
  for (std::size_t i = 1; i < sections.size(); ++i) {
    const auto kind = kind_of(sections[i]);
    if (!kind || !sends(sections[i], sections.front())) continue;
    OfferedLine line{.index = i - 1, .kind = *kind, .codec = {}, .channels = 1, .names_ssrc = false};
    line.names_ssrc = std::ranges::any_of(sections[i].lines,
                                          [](std::string_view each) { return each.starts_with("a=ssrc:"); });
    const auto payloads = payloads_of(sections[i]);
    for (const Codec codec : codecs_of(*kind)) {
      if (!line.codec && best_of(payloads, codec) != nullptr) line.codec = codec;
    }
    if (line.codec == Codec::opus) line.channels = channels_of(*best_of(payloads, Codec::opus));
    lines.push_back(line);
  }
  return lines;
}

std::string narrowed(std::string_view sdp, const std::vector<OfferedLine>& lines) {
  const auto sections = sections_of(sdp);
  std::string out;
  for (const std::string_view line : sections.front().lines) out.append(line).append("\r\n");
  for (std::size_t i = 1; i < sections.size(); ++i) {
    const auto line = std::ranges::find(lines, i - 1, &OfferedLine::index);
    if (line != lines.end() && line->codec) {
      append_narrowed(sections[i], *line->codec, out);
    } else if (kind_of(sections[i])) {
      append_inactive(sections[i], out);
    } else {
      for (const std::string_view other : sections[i].lines) out.append(other).append("\r\n");
    }
    append_inherited(sections[i], sections.front(), out);
  }
  return out;
}

std::string with_rejections(std::string_view answer, std::string_view offer) {
  const auto offered = sections_of(offer);
  const auto sections = sections_of(answer);
  std::vector<std::string_view> bundled;
  std::string lines;
  for (std::size_t i = 1; i < sections.size(); ++i) {
    const bool rejected = i < offered.size() && is_rejected(offered[i]);
    for (const std::string_view line : sections[i].lines) {
      if (rejected && line.starts_with("m=")) {
        append_rejected(line, lines);
      } else {
        lines.append(line).append("\r\n");
      }
      if (!rejected && line.starts_with(mid_attribute)) bundled.push_back(line.substr(mid_attribute.size()));
    }
  }
  std::string out;
  for (const std::string_view line : sections.front().lines) {
    if (!line.starts_with(bundle_group)) {
      out.append(line).append("\r\n");
      continue;
    }
    out.append(bundle_group);
    for (const std::string_view mid : words_of(line.substr(bundle_group.size()))) {
      if (std::ranges::find(bundled, mid) != bundled.end()) out.append(" ").append(mid);
    }
    out.append("\r\n");
  }
  return out + lines;
}

std::string with_profiles(std::string_view answer, std::string_view offer) {
  const auto offered = sections_of(offer);
  const auto sections = sections_of(answer);
  std::string out;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    for (const std::string_view line : sections[i].lines) {
      out.append(line);
      if (const auto format = of_payload(line, "a=fmtp:"); format && i < offered.size()) {
        append_profile(*format, offered[i], out);
      }
      out.append("\r\n");
    }
  }
  return out;
}

std::string with_fingerprint(std::string_view sdp, std::string_view fingerprint) {
  return with_value(sdp, fingerprint_attribute, fingerprint);
}

std::string with_ice_credentials(std::string_view sdp, std::string_view ufrag, std::string_view password) {
  return with_value(with_value(sdp, "a=ice-ufrag:", ufrag), "a=ice-pwd:", password);
}

std::string fingerprints(std::string_view sdp) {
  std::vector<std::string_view> found;
  for (const Section& section : sections_of(sdp)) {
    for (const std::string_view line : section.lines) {
      if (line.starts_with(fingerprint_attribute)) found.push_back(line);
    }
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::string text;
  for (const std::string_view line : found) text.append(line).append("\n");
  return text;
}

std::optional<std::uint16_t> line_of_mid(std::string_view sdp, std::string_view mid) {
  const auto sections = sections_of(sdp);
  const std::string attribute = std::string(mid_attribute).append(mid);
  for (std::size_t i = 1; i < sections.size(); ++i) {
    if (sections[i].has(attribute)) return static_cast<std::uint16_t>(i - 1);
  }
  return std::nullopt;
}

}  // namespace parley::hls

#include "hls/offer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <utility>

#include "hls/sdp_section.hpp"

namespace parley::hls {

namespace {

/// RFC 8839, section 5.4.
constexpr std::size_t max_credential_bytes = 256;
/// A SHA-512 and its name are 200.
constexpr std::size_t max_fingerprint_bytes = 256;
constexpr std::size_t max_candidate_bytes = 512;
/// Browsers count them, or name them by a UUID.
constexpr std::size_t max_mid_bytes = 128;

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isgraph(c) != 0; });
}

bool is_token(std::string_view text, std::size_t max_bytes) {
  return !text.empty() && text.size() <= max_bytes && is_visible(text);
}

/// `sha-256 AA:BB:…`
bool is_fingerprint(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos || text.size() > max_fingerprint_bytes) return false;
  const std::string_view digest = text.substr(blank + 1);
  return is_visible(text.substr(0, blank)) && !digest.empty() &&
         std::ranges::all_of(digest, [](unsigned char c) { return std::isxdigit(c) != 0 || c == ':'; });
}

std::optional<MediaKind> kind_of(const OfferedLine& line) {
  if (line.protocol.find("RTP/") == std::string::npos) return std::nullopt;
  if (line.media == "audio") return MediaKind::audio;
  if (line.media == "video") return MediaKind::video;
  return std::nullopt;
}

/// A line whose direction nobody names is sendrecv (RFC 8866, section 6.7).
bool sends(const SdpSection& section, const SdpSection& session) {
  for (const SdpSection* part : {&section, &session}) {
    if (part->has("a=sendrecv") || part->has("a=sendonly")) return true;
    if (part->has("a=recvonly") || part->has("a=inactive")) return false;
  }
  return true;
}

/// What an m-line says, or the session for all of them (RFC 8839 section 5.4, RFC 8122 section 5, RFC 4145
/// section 4).
std::vector<std::string_view> inherited(const SdpSection& section, const SdpSection& session,
                                        std::string_view prefix) {
  auto values = section.values(prefix);
  return values.empty() ? session.values(prefix) : values;
}

using Refused = std::optional<std::string>;

Refused read_transport(const SdpSection& section, const SdpSection& session, OfferedTransport& transport) {
  const auto ufrag = inherited(section, session, "a=ice-ufrag:");
  const auto password = inherited(section, session, "a=ice-pwd:");
  if (ufrag.empty() || password.empty() || !is_token(ufrag.front(), max_credential_bytes) ||
      !is_token(password.front(), max_credential_bytes))
    return "it has no ICE credentials (ice-ufrag and ice-pwd)";
  transport.ufrag = ufrag.front();
  transport.password = password.front();
  for (const std::string_view fingerprint : inherited(section, session, "a=fingerprint:")) {
    if (!is_fingerprint(fingerprint)) return "a fingerprint in it is none";
    transport.fingerprints.emplace_back(fingerprint);
  }
  if (transport.fingerprints.empty()) return "it names no certificate fingerprint (a=fingerprint)";
  const auto setup = inherited(section, session, "a=setup:");
  if (setup.empty() ||
      (setup.front() != "actpass" && setup.front() != "active" && setup.front() != "passive"))
    return "it does not say who begins the DTLS handshake (a=setup:actpass)";
  transport.dtls_client = setup.front() == "active";
  transport.dtls_server = setup.front() == "passive";
  for (const std::string_view candidate : section.values("a=candidate:")) {
    if (candidate.size() <= max_candidate_bytes && transport.candidates.size() < max_candidates_of_line)
      transport.candidates.push_back(std::string("candidate:").append(candidate));
  }
  return std::nullopt;
}

std::vector<std::uint32_t> ssrcs_of(const SdpSection& section) {
  std::vector<std::uint32_t> ssrcs;
  for (const std::string_view value : section.values("a=ssrc:")) {
    std::uint32_t ssrc = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), ssrc);
    if (error != std::errc() || ssrc == 0 || std::ranges::find(ssrcs, ssrc) != ssrcs.end()) continue;
    if (ssrcs.size() < max_ssrcs_of_line) ssrcs.push_back(ssrc);
  }
  return ssrcs;
}

/// `m=video 9 UDP/TLS/RTP/SAVPF 96`
std::optional<OfferedLine> read_media_line(const SdpSection& section, std::size_t index) {
  const auto words = words_of(section.lines.front().substr(std::string_view("m=").size()));
  constexpr std::size_t before_formats = 3;
  if (words.size() <= before_formats || !std::ranges::all_of(words, is_visible)) return std::nullopt;
  OfferedLine line;
  line.index = index;
  line.media = words[0];
  line.rejected = words[1] == "0";
  line.protocol = words[2];
  for (std::size_t i = before_formats; i < words.size(); ++i) line.formats.emplace_back(words[i]);
  line.mid = section.value("a=mid:").value_or("");
  return line;
}

/// What the m-line sends, if it takes part.
void read_media(const SdpSection& section, const SdpSection& session, OfferedLine& line) {
  line.sends = sends(section, session);
  line.multiplexed = section.has("a=rtcp-mux");
  const auto payloads = payloads_of(section);
  line.codec = best_codec(line.kind, payloads);
  if (!line.codec) {
    if (!payloads.empty()) line.payloads = {payloads.front()};
    return;
  }
  line.payloads = payloads_of_codec(*line.codec, payloads);
  line.ssrcs = ssrcs_of(section);
  if (line.codec == Codec::opus) line.channels = channels_of(line.payloads.front());
}

/// The numbers of `o=- 123 2 IN IP4 0.0.0.0`.
std::string origin_of(const SdpSection& session) {
  constexpr std::size_t max_digits = 19;
  const auto is_number = [](std::string_view text) {
    return !text.empty() && text.size() <= max_digits &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  const auto words = words_of(session.value("o=").value_or(""));
  if (words.size() < 3 || !is_number(words[1]) || !is_number(words[2])) return "1 1";
  return std::string(words[1]).append(" ").append(words[2]);
}

Refused read_lines(const std::vector<SdpSection>& sections, Offer& offer) {
  for (std::size_t i = 1; i < sections.size(); ++i) {
    auto line = read_media_line(sections[i], i - 1);
    if (!line) return "an m-line in it is none";
    if (!line->mid.empty()) {
      if (!is_token(line->mid, max_mid_bytes)) return "the mid of an m-line is none";
      if (offer.line_of_mid(line->mid)) return "two of its m-lines have the same mid";
    }
    offer.lines.push_back(*std::move(line));
  }
  return std::nullopt;
}

/// RFC 8843, section 7.
Refused read_group(const std::vector<SdpSection>& sections, Offer& offer) {
  const auto groups = sections.front().values("a=group:BUNDLE");
  if (groups.size() > 1) return "it has more than one BUNDLE group";
  offer.bundled = !groups.empty();
  if (!offer.bundled) return std::nullopt;
  for (const std::string_view mid : words_of(groups.front())) {
    const auto index = offer.line_of_mid(mid);
    if (!index || offer.lines[*index].bundled) continue;
    OfferedLine& line = offer.lines[*index];
    line.bundled = true;
    if (sections[*index + 1].has("a=bundle-only")) line.rejected = false;
    offer.group.push_back(*index);
  }
  return std::nullopt;
}

/// In a group all m-lines have one RTP session, where a payload type means one thing (RFC 8843,
/// section 9.1.2): whatever else it means in a later m-line is left out.
void find_clashes(Offer& offer) {
  std::map<std::string, std::pair<MediaKind, Payload>> known;
  for (OfferedLine& line : offer.lines) {
    if (!line.bundled || !line.codec) continue;
    line.clashes = std::ranges::any_of(line.payloads, [&](const Payload& payload) {
      const auto found = known.find(payload.type);
      return found != known.end() &&
             (found->second.first != line.kind || !found->second.second.means(payload));
    });
    if (line.clashes) {
      line.codec.reset();
      continue;
    }
    for (const Payload& payload : line.payloads) known.try_emplace(payload.type, line.kind, payload);
  }
}

Refused read_transports(const std::vector<SdpSection>& sections, Offer& offer) {
  if (const auto tagged = offer.tagged())
    return read_transport(sections[*tagged + 1], sections.front(), offer.transport);
  if (offer.bundled) return std::nullopt;
  const OfferedTransport* first = nullptr;
  for (OfferedLine& line : offer.lines) {
    if (!line.takes_part) continue;
    if (auto refused = read_transport(sections[line.index + 1], sections.front(), line.transport))
      return refused;
    if (first != nullptr && first->fingerprints != line.transport.fingerprints)
      return "its m-lines have different certificates";
    if (first == nullptr) first = &line.transport;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> Offer::tagged() const {
  const auto found = std::ranges::find_if(group, [&](std::size_t index) { return !lines[index].rejected; });
  if (found == group.end()) return std::nullopt;
  return *found;
}

std::optional<std::size_t> Offer::line_of_mid(std::string_view mid) const {
  const auto found = std::ranges::find(lines, mid, &OfferedLine::mid);
  if (found == lines.end()) return std::nullopt;
  return found->index;
}

bool Offer::sends_something() const {
  return std::ranges::any_of(lines, [](const OfferedLine& line) { return line.takes_part && line.sends; });
}

bool Offer::sends_something_usable() const {
  return std::ranges::any_of(
      lines, [](const OfferedLine& line) { return line.takes_part && line.sends && line.codec; });
}

std::vector<std::string> Offer::fingerprints() const {
  const auto used = std::ranges::find_if(lines, &OfferedLine::takes_part);
  auto found = used == lines.end() ? std::vector<std::string>() : transport_of(*used).fingerprints;
  std::ranges::sort(found);
  return found;
}

Result<Offer, std::string> read_offer(std::string_view sdp) {
  const auto sections = sections_of(sdp);
  if (!sections.front().has("v=0")) return Failure("it is no SDP");
  if (sections.size() > 1 + max_offered_lines)
    return Failure("it has more than " + std::to_string(max_offered_lines) + " m-lines");
  Offer offer;
  offer.origin = origin_of(sections.front());
  offer.trickles = std::ranges::any_of(sections, [](const SdpSection& section) {
    return section.value("a=ice-options:").value_or("").find("trickle") != std::string_view::npos;
  });
  if (auto refused = read_lines(sections, offer)) return Failure(*std::move(refused));
  if (auto refused = read_group(sections, offer)) return Failure(*std::move(refused));
  for (OfferedLine& line : offer.lines) {
    const auto kind = kind_of(line);
    // Chromium takes a group down with its first m-line, and a data channel is rejected here.
    if (line.index == 0 && !kind && !line.rejected)
      return Failure("its first m-line is neither sound nor video; put a data channel behind them");
    line.takes_part = kind && !line.rejected && (line.bundled || !offer.bundled);
    if (!line.takes_part) continue;
    line.kind = *kind;
    read_media(sections[line.index + 1], sections.front(), line);
  }
  find_clashes(offer);
  if (auto refused = read_transports(sections, offer)) return Failure(*std::move(refused));
  return offer;
}

}  // namespace parley::hls

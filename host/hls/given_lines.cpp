#include "hls/given_lines.hpp"

#include <algorithm>
#include <utility>

#include "hls/sdp_section.hpp"

namespace parley::hls {

namespace {

/// What a webrtcbin keeps of publishers that offer again and again: then another one begins.
constexpr std::size_t max_given_lines = 2 * max_offered_lines;
constexpr std::size_t max_given_ssrcs = max_given_lines * max_ssrcs_of_line;

bool same_payloads(const std::vector<Payload>& one, const std::vector<Payload>& other) {
  return std::ranges::equal(one, other, [](const Payload& left, const Payload& right) {
    return left.type == right.type && left.means(right);
  });
}

void append_payload(std::string& out, const Payload& payload) {
  append_line(out, "a=rtpmap:", payload.type + ' ' + payload.encoding + '/' + payload.clock);
  for (const std::string& feedback : payload.feedback)
    append_line(out, "a=rtcp-fb:", payload.type + ' ' + feedback);
  std::string parameters;
  for (const std::string& parameter : payload.parameters)
    parameters.append(parameters.empty() ? "" : ";").append(parameter);
  if (!parameters.empty()) append_line(out, "a=fmtp:", payload.type + ' ' + parameters);
}

void append_transport(std::string& out, const OfferedTransport& transport, bool dtls_client) {
  append_line(out, "a=ice-ufrag:", transport.ufrag);
  append_line(out, "a=ice-pwd:", transport.password);
  for (const std::string& fingerprint : transport.fingerprints)
    append_line(out, "a=fingerprint:", fingerprint);
  append_line(out, "a=setup:", dtls_client ? "active" : "actpass");
}

}  // namespace

bool GivenLines::take(Offer& offer) {
  if (!lines_.empty() && bundled_ != offer.bundled) return false;
  bundled_ = offer.bundled;
  origin_ = offer.origin;
  if (!take_transports(offer)) return false;
  for (Line& line : lines_) {
    line.sends = line.sends && line.offered < offer.lines.size();
    line.ssrcs.clear();
  }
  for (OfferedLine& line : offer.lines) {
    if (!take_line(line, offer.transport_of(line))) return false;
  }
  // A webrtcbin without m-lines has no transport.
  for (OfferedLine& line : offer.lines) {
    if (!lines_.empty()) break;
    if (line.takes_part && line.codec && !add(line, offer.transport_of(line))) return false;
  }
  return !lines_.empty();
}

/// Another certificate is another connection, which its owner looks after.
bool GivenLines::take_transports(const Offer& offer) {
  std::size_t same = 0;
  std::size_t others = 0;
  for (Line& line : lines_) {
    const OfferedTransport* now = nullptr;
    if (bundled_) {
      if (offer.tagged()) now = &offer.transport;
    } else if (line.offered < offer.lines.size() && offer.lines[line.offered].takes_part) {
      now = &offer.lines[line.offered].transport;
    }
    if (now == nullptr) continue;
    if (line.dtls_client ? now->dtls_server : now->dtls_client) return false;
    ++(now->same_ice(line.transport) ? same : others);
    line.transport = *now;
  }
  restarts_ice_ = others > 0;
  // libnice restarts all streams of an agent.
  return same == 0 || others == 0;
}

bool GivenLines::take_line(OfferedLine& line, const OfferedTransport& transport) {
  line.given.reset();
  const auto found = given_.find(line.index);
  Line* const known = found == given_.end() ? nullptr : &lines_[found->second];
  const bool carries = line.takes_part && line.codec;
  if (known != nullptr && carries && known->kind == line.kind &&
      same_payloads(known->payloads, line.payloads)) {
    line.given = found->second;
    return take_known(*known, line, transport);
  }
  if (known != nullptr) known->sends = false;
  if (!carries) return true;
  // An m-line that sends nothing yet shares the transport of the others, or needs one of its own.
  if (bundled_) return !line.sends || add(line, transport);
  return known == nullptr && add(line, transport);
}

/// webrtcbin 1.22 can let an m-line fall silent, and not speak again.
bool GivenLines::take_known(Line& known, const OfferedLine& line, const OfferedTransport& transport) {
  const bool sends = line.sends && !line.denied;
  if (sends && !known.sends) return false;
  known.sends = sends;
  known.transport = transport;
  if (sends) known.ssrcs = line.ssrcs;
  ssrcs_.insert(known.ssrcs.begin(), known.ssrcs.end());
  return ssrcs_.size() <= max_given_ssrcs;
}

bool GivenLines::add(OfferedLine& line, const OfferedTransport& transport) {
  if (lines_.size() == max_given_lines || clashes(line)) return false;
  const bool sends = line.sends && !line.denied;
  line.given = lines_.size();
  given_[line.index] = lines_.size();
  lines_.push_back({.offered = line.index,
                    .kind = line.kind,
                    .payloads = line.payloads,
                    .multiplexed = line.multiplexed || bundled_,
                    .sends = sends,
                    .ssrcs = sends ? line.ssrcs : std::vector<std::uint32_t>(),
                    .dtls_client = transport.dtls_client,
                    .transport = transport});
  ssrcs_.insert(line.ssrcs.begin(), line.ssrcs.end());
  return ssrcs_.size() <= max_given_ssrcs;
}

/// In a group, what a payload type has meant once it means for good.
bool GivenLines::clashes(const OfferedLine& line) const {
  if (!bundled_) return false;
  return std::ranges::any_of(lines_, [&](const Line& given) {
    return std::ranges::any_of(given.payloads, [&](const Payload& before) {
      const auto now = std::ranges::find(line.payloads, before.type, &Payload::type);
      return now != line.payloads.end() && (given.kind != line.kind || !before.means(*now));
    });
  });
}

std::string GivenLines::sdp() const {
  std::string out = "v=0\r\no=- " + origin_ + " IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
  if (bundled_) {
    out += "a=group:BUNDLE";
    for (std::size_t i = 0; i < lines_.size(); ++i) out.append(" ").append(std::to_string(i));
    out += "\r\n";
  }
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    out += line.kind == MediaKind::audio ? "m=audio 9 UDP/TLS/RTP/SAVPF" : "m=video 9 UDP/TLS/RTP/SAVPF";
    for (const Payload& payload : line.payloads) out.append(" ").append(payload.type);
    out += "\r\nc=IN IP4 0.0.0.0\r\n";
    append_line(out, "a=mid:", std::to_string(i));
    append_line(out, line.sends ? "a=sendonly" : "a=inactive");
    if (line.multiplexed) append_line(out, "a=rtcp-mux");
    append_transport(out, line.transport, line.dtls_client);
    for (const Payload& payload : line.payloads) append_payload(out, payload);
    for (const std::uint32_t ssrc : line.ssrcs)
      append_line(out, "a=ssrc:", std::to_string(ssrc) + " cname:publisher");
  }
  return out;
}

std::optional<std::size_t> GivenLines::transport_of(const Offer& offer, std::size_t offered) const {
  if (bundled_) return offer.tagged() == offered ? std::optional<std::size_t>(0) : std::nullopt;
  const auto found = given_.find(offered);
  if (found == given_.end()) return std::nullopt;
  return found->second;
}

std::size_t GivenLines::offered_line(const Offer& offer, std::size_t given) const {
  if (bundled_) return offer.tagged().value_or(0);
  return given < lines_.size() ? lines_[given].offered : 0;
}

}  // namespace parley::hls

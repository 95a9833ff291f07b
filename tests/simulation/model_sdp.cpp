#include "model_sdp.hpp"

#include <algorithm>

namespace parley::simulation {
namespace {

std::string_view direction_name(Direction direction) {
  if (direction.send) return direction.receive ? "sendrecv" : "sendonly";
  return direction.receive ? "recvonly" : "inactive";
}

std::optional<Direction> direction_from(std::string_view name) {
  for (const Direction direction :
       {Direction{true, true}, Direction{true, false}, Direction{false, true}, Direction{false, false}}) {
    if (direction_name(direction) == name) return direction;
  }
  return std::nullopt;
}

std::string_view media_line(const ModelMedia& media) {
  if (!media.kind) return "m=application 9 UDP/DTLS/SCTP webrtc-datachannel";
  return *media.kind == MediaKind::audio ? "m=audio 9 UDP/TLS/RTP/SAVPF 111"
                                         : "m=video 9 UDP/TLS/RTP/SAVPF 96";
}

std::optional<MediaKind> kind_from(std::string_view media_line) {
  if (media_line.starts_with("m=audio")) return MediaKind::audio;
  if (media_line.starts_with("m=video")) return MediaKind::video;
  return std::nullopt;
}

}  // namespace

const ModelMedia* ModelSdp::find(std::string_view mid) const {
  const auto found = std::ranges::find(media, mid, &ModelMedia::mid);
  return found == media.end() ? nullptr : &*found;
}

std::string write_sdp(const ModelSdp& sdp) {
  std::string text;
  text.reserve(256 + 160 * sdp.media.size());
  const auto line = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(value).append("\r\n");
  };
  line("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=", "-");
  line("t=", "0 0");
  line("a=fingerprint:sha-256 ", sdp.fingerprint);
  line("a=x-offer:", sdp.offer);
  for (const ModelMedia& media : sdp.media) {
    line(media_line(media), "");
    line("a=mid:", media.mid);
    line("a=ice-ufrag:", sdp.ufrag);
    line("a=ice-pwd:password-of-", sdp.ufrag);
    if (media.kind) line("a=", direction_name(media.direction));
    if (&media != &sdp.media.front()) continue;
    for (const std::string& candidate : sdp.candidates) line("a=", candidate);
  }
  return text;
}

std::optional<ModelSdp> read_sdp(std::string_view text) {
  ModelSdp sdp;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    const auto value = [line](std::string_view name) -> std::optional<std::string_view> {
      if (!line.starts_with(name)) return std::nullopt;
      return line.substr(name.size());
    };
    if (line.starts_with("m=")) {
      sdp.media.push_back({.mid = {}, .kind = kind_from(line), .direction = {}});
    } else if (const auto fingerprint = value("a=fingerprint:sha-256 ")) {
      sdp.fingerprint = *fingerprint;
    } else if (const auto offer = value("a=x-offer:")) {
      sdp.offer = *offer;
    } else if (sdp.media.empty()) {
      continue;
    } else if (const auto mid = value("a=mid:")) {
      sdp.media.back().mid = *mid;
    } else if (const auto ufrag = value("a=ice-ufrag:")) {
      sdp.ufrag = *ufrag;
    } else if (line.starts_with("a=candidate:")) {
      sdp.candidates.emplace_back(line.substr(2));
    } else if (const auto attribute = value("a=")) {
      if (const auto direction = direction_from(*attribute)) sdp.media.back().direction = *direction;
    }
  }
  if (sdp.fingerprint.empty() || sdp.ufrag.empty() || sdp.media.empty()) return std::nullopt;
  return sdp;
}

}  // namespace parley::simulation

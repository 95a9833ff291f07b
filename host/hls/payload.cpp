#include "hls/payload.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <utility>

namespace parley::hls {

namespace {

/// Parameters of the codecs' RFCs (6184, 7587, 7741, 9628, 4588). GStreamer makes fields of its caps of them,
/// next to its own, so no others reach it.
constexpr std::array<std::string_view, 18> known_parameters{
    "apt",
    "cbr",
    "level-asymmetry-allowed",
    "max-fr",
    "max-fs",
    "maxaveragebitrate",
    "maxplaybackrate",
    "minptime",
    "packetization-mode",
    "profile-id",
    "profile-level-id",
    "rtx-time",
    "sprop-maxcapturerate",
    "sprop-parameter-sets",
    "sprop-stereo",
    "stereo",
    "usedtx",
    "useinbandfec",
};

/// Some parameter sets are a few dozen bytes.
constexpr std::size_t max_parameter_bytes = 1'024;

constexpr std::array<std::string_view, 5> known_feedback{"nack", "nack pli", "ccm fir", "transport-cc",
                                                         "goog-remb"};

/// Those of a parameter that say how a packet is read.
constexpr std::array<std::string_view, 4> meaningful{"apt", "packetization-mode", "profile-id",
                                                     "profile-level-id"};

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::toupper(c); });
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Numbers, hexadecimal ones and base64.
bool is_value(std::string_view text) {
  constexpr std::string_view others = "+/=,.-";
  return !text.empty() && text.size() <= max_parameter_bytes &&
         std::ranges::all_of(text, [&](unsigned char c) {
           return std::isalnum(c) != 0 || others.find(static_cast<char>(c)) != std::string_view::npos;
         });
}

bool is_profile_level(std::string_view text) {
  constexpr std::size_t digits = 6;
  return text.size() == digits &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

/// RTP's payload types that are no RTCP packets' in one stream with these (RFC 5761, section 4), written as
/// numbers are.
bool is_payload_type(std::string_view text) {
  constexpr unsigned first_of_rtcp = 64;
  constexpr unsigned last_of_rtcp = 95;
  constexpr unsigned last = 127;
  unsigned type = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), type);
  return error == std::errc() && end == text.data() + text.size() && std::to_string(type) == text &&
         type <= last && (type < first_of_rtcp || type > last_of_rtcp);
}

std::vector<std::string> parameters_of(std::string_view text) {
  std::vector<std::string> parameters;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = trimmed(pair.substr(0, equals));
    const std::string_view value = trimmed(pair.substr(std::min(equals + 1, pair.size())));
    if (std::ranges::find(known_parameters, name) == known_parameters.end() || !is_value(value)) continue;
    if (name == "profile-level-id" && !is_profile_level(value)) continue;
    parameters.push_back(std::string(name).append("=").append(value));
  }
  return parameters;
}

/// `TYPE rest` of an attribute.
std::pair<std::string_view, std::string_view> split(std::string_view value) {
  const std::size_t blank = std::min(value.find(' '), value.size());
  return {value.substr(0, blank), trimmed(value.substr(blank))};
}

void describe(Payload& payload, std::string_view map) {
  const std::size_t slash = std::min(map.find('/'), map.size());
  payload.encoding = upper(map.substr(0, slash));
  payload.clock = map.substr(std::min(slash + 1, map.size()));
}

/// The codecs of a kind, best first.
std::vector<Codec> codecs_of(MediaKind kind) {
  if (kind == MediaKind::audio) return {Codec::opus};
  return {Codec::h264, Codec::vp8, Codec::vp9};
}

/// Whether our depayloaders read it: VP9 of more than 8 bits, profiles 1 to 3, is another matter.
bool is_readable(const Payload& payload, Codec codec) {
  if (payload.encoding != encoding_of(codec)) return false;
  // Some leave Opus' two channels out, which it has in any case (RFC 7587, section 7).
  const bool clock = codec == Codec::opus ? payload.clock == "48000/2" || payload.clock == "48000"
                                          : payload.clock == "90000";
  if (!clock) return false;
  return codec != Codec::vp9 || payload.parameter("profile-id").value_or("0") == "0";
}

/// Of several in one codec: packetization mode 1 (RFC 6184, section 6.3) is what encoders in use send without
/// being asked to slice their pictures for packets.
const Payload* best_of(Codec codec, const std::vector<Payload>& payloads) {
  const Payload* best = nullptr;
  for (const Payload& payload : payloads) {
    if (!is_readable(payload, codec)) continue;
    if (payload.parameter("packetization-mode") == "1") return &payload;
    if (best == nullptr) best = &payload;
  }
  return best;
}

}  // namespace

std::string_view encoding_of(Codec codec) {
  constexpr std::array<std::string_view, 4> names{"H264", "VP8", "VP9", "OPUS"};
  return names.at(static_cast<std::size_t>(codec));
}

std::optional<std::string_view> Payload::parameter(std::string_view name) const {
  for (const std::string_view each : parameters) {
    if (each.size() > name.size() && each.starts_with(name) && each[name.size()] == '=')
      return each.substr(name.size() + 1);
  }
  return std::nullopt;
}

bool Payload::means(const Payload& other) const {
  return encoding == other.encoding && clock == other.clock &&
         std::ranges::all_of(meaningful,
                             [&](std::string_view name) { return parameter(name) == other.parameter(name); });
}

std::vector<Payload> payloads_of(const SdpSection& section) {
  std::map<std::string_view, Payload> described;
  std::vector<std::string_view> feedback_of_all;
  for (const std::string_view value : section.values("a=rtpmap:")) {
    const auto [type, map] = split(value);
    describe(described[type], map);
  }
  for (const std::string_view value : section.values("a=fmtp:")) {
    const auto [type, text] = split(value);
    described[type].parameters = parameters_of(text);
  }
  for (const std::string_view value : section.values("a=rtcp-fb:")) {
    const auto [type, text] = split(value);
    if (std::ranges::find(known_feedback, text) == known_feedback.end()) continue;
    if (type == "*") {
      feedback_of_all.push_back(text);
    } else {
      described[type].feedback.emplace_back(text);
    }
  }
  constexpr std::size_t before_types = 3;  // m=video 9 UDP/TLS/RTP/SAVPF
  const auto words = words_of(section.lines.front());
  std::vector<Payload> payloads;
  for (std::size_t i = before_types; i < words.size(); ++i) {
    if (!is_payload_type(words[i]) || std::ranges::count(words, words[i]) > 1) continue;
    Payload payload = described[words[i]];
    payload.type = words[i];
    payload.feedback.insert(payload.feedback.end(), feedback_of_all.begin(), feedback_of_all.end());
    payloads.push_back(std::move(payload));
  }
  return payloads;
}

std::optional<Codec> best_codec(MediaKind kind, const std::vector<Payload>& payloads) {
  for (const Codec codec : codecs_of(kind)) {
    if (best_of(codec, payloads) != nullptr) return codec;
  }
  return std::nullopt;
}

std::vector<Payload> payloads_of_codec(Codec codec, const std::vector<Payload>& payloads) {
  const Payload* const chosen = best_of(codec, payloads);
  if (chosen == nullptr) return {};
  std::vector<Payload> kept{*chosen};
  for (const Payload& payload : payloads) {
    if (payload.encoding == "RTX" && payload.clock == chosen->clock && payload.type != chosen->type &&
        payload.parameter("apt") == chosen->type)
      kept.push_back(payload);
  }
  return kept;
}

unsigned channels_of(const Payload& opus) {
  const bool stereo = opus.parameter("stereo") == "1" || opus.parameter("sprop-stereo") == "1";
  return stereo ? 2 : 1;
}

}  // namespace parley::hls

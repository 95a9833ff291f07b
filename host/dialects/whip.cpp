#include "dialects/whip.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/json_object.hpp"
#include "base/json_text.hpp"
#include "base/utf8.hpp"

namespace parley::dialects::whip {
namespace {

using hub::command::Audience;
using hub::command::SignalKind;

constexpr std::string_view ufrag_line = "a=ice-ufrag:";

/// Cuts the first line off, whichever way it ends (RFC 8866 section 5 takes both).
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Lines of text, which all SDP is.
bool is_text(std::string_view bytes) {
  const auto is_strange = [](char c) {
    return (static_cast<std::uint8_t>(c) < 0x20 && c != '\r' && c != '\n' && c != '\t') || c == 0x7F;
  };
  return is_utf8(bytes) && std::ranges::none_of(bytes, is_strange);
}

hub::Message signal(SignalKind kind, std::string_view json) {
  return {.type = kind == SignalKind::offer ? "offer" : "ice-candidate",
          .command = hub::command::Signal{
              .audience = Audience::partner, .kind = kind, .payload = PooledString(json)}};
}

/// An RTCIceCandidateInit; without a mid, it is about all m-sections.
hub::Message candidate(std::string_view text, std::optional<std::string_view> mid, std::string_view ufrag) {
  std::string json = R"({"candidate":)";
  append_string(json, text);
  if (mid) {
    json += R"(,"sdpMid":)";
    append_string(json, *mid);
  }
  if (!ufrag.empty()) {
    json += R"(,"usernameFragment":)";
    append_string(json, ufrag);
  }
  return signal(SignalKind::candidate, json + '}');
}

/// RFC 9725 section 4.4.1 wants it of both sides in each m-section that is multiplexed; webrtcbin 1.22 does
/// not write it.
std::string with_mux_only(std::string_view sdp) {
  constexpr std::string_view mux = "a=rtcp-mux";
  constexpr std::string_view mux_only = "a=rtcp-mux-only";
  std::string out;
  while (!sdp.empty()) {
    const auto line = take_line(sdp);
    if (line == mux_only) continue;
    out.append(line).append("\r\n");
    if (line == mux) out.append(mux_only).append("\r\n");
  }
  return out;
}

}  // namespace

std::optional<hub::Message> read_offer(std::string_view sdp, const RoomAddress& at) {
  if (!is_text(sdp) || !sdp.starts_with("v=0") || sdp.find("\nm=") == std::string_view::npos)
    return std::nullopt;
  std::string json = R"({"type":"offer","sdp":)";
  append_string(json, sdp);
  hub::Message offer = signal(SignalKind::offer, json + '}');
  std::get<hub::command::Signal>(offer.command).enter = at.room;
  return offer;
}

std::optional<std::string> answer_in(const hub::event::Signal& signal) {
  static constexpr std::array<std::string_view, 1> names{"sdp"};
  if (signal.kind != SignalKind::answer) return std::nullopt;
  JsonObject object(names);
  if (!object.read(std::string_view(signal.payload)) || object[0].kind != JsonKind::string)
    return std::nullopt;
  return with_mux_only(object[0].text());
}

std::optional<Fragment> read_fragment(std::string_view text) {
  constexpr std::string_view mid_line = "a=mid:";
  constexpr std::string_view candidate_line = "a=candidate:";
  if (!is_text(text)) return std::nullopt;
  Fragment fragment;
  bool in_m_section = false;
  std::optional<std::string_view> mid;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (line.starts_with(ufrag_line)) {
      fragment.ufrag = line.substr(ufrag_line.size());
    } else if (line.starts_with("m=")) {
      in_m_section = true;
      mid.reset();
    } else if (line.starts_with(mid_line)) {
      mid = line.substr(mid_line.size());
    } else if (line.starts_with(candidate_line) || line == "a=end-of-candidates") {
      const bool ends = !line.starts_with(candidate_line);
      // The end may be said of the whole session (RFC 8838 section 8.2, RFC 8840 section 4.1.3).
      if (!mid && (in_m_section || !ends)) return std::nullopt;
      if (fragment.candidates.size() == max_candidates) return std::nullopt;
      fragment.candidates.push_back(candidate(ends ? "" : line.substr(2), mid, fragment.ufrag));
    } else if (line.size() < 2 || line[1] != '=') {
      return std::nullopt;
    }
  }
  return fragment;
}

bool has_ufrag(std::string_view sdp, std::string_view ufrag) {
  while (!sdp.empty()) {
    const auto line = take_line(sdp);
    if (line.starts_with(ufrag_line) && line.substr(ufrag_line.size()) == ufrag) return true;
  }
  return false;
}

}  // namespace parley::dialects::whip

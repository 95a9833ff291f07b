#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/room_address.hpp"
#include "hub/command.hpp"
#include "hub/event.hpp"

/// WHIP (RFC 9725), a publisher whose signaling is HTTP: SDP in, SDP out. Stateless; nothing throws.
namespace parley::dialects::whip {

/// What the body of a POST asks for: to enter the room and to offer there. Nothing where it is not SDP.
[[nodiscard]] std::optional<hub::Message> read_offer(std::string_view sdp, const RoomAddress& at);

/// The SDP of an answer, for the body of the response to that POST; nothing where the signal is none.
[[nodiscard]] std::optional<std::string> answer_in(const hub::event::Signal& signal);

/// What the body of a PATCH says (application/trickle-ice-sdpfrag, RFC 8840 section 9).
struct Fragment {
  std::string ufrag{};
  std::vector<hub::Message> candidates{};
};

/// Of one fragment: a machine with many addresses, reached over UDP, TCP and TURN.
inline constexpr std::size_t max_candidates = 128;

/// Nothing where it is no such fragment, or one of more candidates.
[[nodiscard]] std::optional<Fragment> read_fragment(std::string_view text);

/// Whether this is the ICE user name fragment of this SDP; another one asks for an ICE restart.
[[nodiscard]] bool has_ufrag(std::string_view sdp, std::string_view ufrag);

}  // namespace parley::dialects::whip

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hls/given_lines.hpp"
#include "hls/offer.hpp"

namespace parley::hls {

/// The answer to a publisher's offer, m-line by m-line (RFC 3264, section 6), where webrtcbin 1.22 has made
/// `made` of the lines it was given. Nothing where it has rejected one.
///
/// - An m-line that webrtcbin has not been given is inactive, or rejected where it is of no kind or transport
///   that this host takes.
/// - What the publisher rejected is rejected (RFC 8829, section 5.3.1; RFC 8843, section 7.3).
/// - H.264 has the profile that was offered (RFC 6184, section 8.2.2), which webrtcbin leaves out where
/// levels
///   may differ. Chromium takes such an answer for one of another profile, and gives that the payload type
///   when it offers again.
[[nodiscard]] std::optional<std::string> answer_to(const Offer& offer, const GivenLines& given,
                                                   std::string_view made);

/// The same description of another certificate.
[[nodiscard]] std::string with_fingerprint(std::string_view sdp, std::string_view fingerprint);

/// The same description of another ICE generation (RFC 8839, section 5.4).
[[nodiscard]] std::string with_ice_credentials(std::string_view sdp, std::string_view ufrag,
                                               std::string_view password);

}  // namespace parley::hls

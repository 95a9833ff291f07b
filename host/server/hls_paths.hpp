#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "auth/key.hpp"
#include "hub/time.hpp"

namespace parley::server {

/// Paths that let whoever has one see one stream for a while. Players send no headers, and ask for each segment beside
/// the playlist: so who shows a token with the playlist is sent on to such a path.
///
///     /hls/{end}.{signature}/{sim}/{channel}.m3u8
///
/// `end` is in seconds since this host has started, which nobody else needs to understand.
class HlsPaths {
 public:
  // No film is longer. A player that keeps the path it was sent to starts over then, with its token.
  static constexpr std::chrono::hours longest{12};

  /// The way to what is asked for as /{sim}/{file}, until `ends` at most.
  [[nodiscard]] std::string sign(std::string_view sim, std::string_view file, hub::Instant ends,
                                 hub::Instant now) const;
  /// Whether `pass`, the second segment of such a path, is good for this number now.
  [[nodiscard]] bool allows(std::string_view pass, std::string_view sim, hub::Instant now) const;

 private:
  [[nodiscard]] static std::string signed_text(std::string_view end, std::string_view sim);

  const hub::Instant started_ = std::chrono::steady_clock::now();
  const auth::Key key_ = auth::Key::generate(auth::Algorithm::hs256);
};

}  // namespace parley::server

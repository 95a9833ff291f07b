#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace parley::media {

/// What has crashed a worker of the media gateway is not given to another. Remembered are digests: of the
/// offer as it is, and of its shape, which is the offer and those before it on the same stream without what a
/// client makes up each time (ICE credentials, certificates, SSRCs, addresses), since a client that tries
/// again does so with others.
///
/// The same shape is most browsers' offer. One that a worker has answered before is not to blame, and only
/// the very same offer is refused then; and so it is where several were being handled and it may have been
/// another.
class CrashedOffers {
 public:
  struct Digests {
    std::uint64_t offer = 0;
    std::uint64_t shape = 0;
  };

  /// Each has cost a worker. Whoever has more of them than this makes them up, and would never offer one
  /// twice.
  static constexpr std::size_t max_crashed = 256;
  /// More kinds of clients, in their versions, than publish to one host.
  static constexpr std::size_t max_answered = 1'024;

  /// `seed` is this process's alone, so that nobody makes an offer with somebody else's digest.
  explicit CrashedOffers(std::uint64_t seed) : seed_(seed) {}

  /// Of an offer, in JSON or not. `before`: of the one before it on the same stream.
  [[nodiscard]] Digests digests_of(std::string_view offer, Digests before) const;

  void answered(Digests offer);
  /// `alone`: nothing else was being handled.
  void crashed(Digests offer, bool alone);
  [[nodiscard]] bool refuses(Digests offer) const;

 private:
  [[nodiscard]] std::uint64_t digest(std::string_view text, std::uint64_t before) const;

  const std::uint64_t seed_;
  std::deque<std::uint64_t> offers_;
  std::deque<std::uint64_t> shapes_;
  std::deque<std::uint64_t> answered_;  // shapes
};

}  // namespace parley::media

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address_range.hpp"

namespace parley::hls {

/// Which of a publisher's ICE candidates the gateway sends checks to. A candidate is an address that a
/// stranger names, and a check is a packet that this host sends there (RFC 8445, section 19.5.1; RFC 8839,
/// section 9).
///
/// UDP alone: a TCP candidate opens a connection. No name: a peer whose candidates are mDNS names
/// (`….local`) is found by its own checks. No address of this host or of its link, unless the publisher comes
/// from there itself.
class CandidateFilter {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// Of a publisher, at once. Browsers have 2 to 8; a machine with three interfaces of both families behind
  /// NAT, and two TURN servers, has 18.
  static constexpr std::size_t max_candidates = 24;
  /// So often another one is taken when these are used up: a phone that changes its network again and again.
  static constexpr std::chrono::milliseconds replenished_every{1'000};

  struct Setting {
    std::string publisher;              ///< its address, as the host sees it; empty where nobody knows it
    std::vector<IpAddress> own;         ///< of this host
    std::vector<AddressRange> allowed;  ///< whatever is said above
  };

  explicit CandidateFilter(Setting setting) : setting_(std::move(setting)) {}

  /// The candidate (RFC 8839, section 5.1) with nothing in it but what a check needs, where it is allowed.
  [[nodiscard]] std::optional<std::string> admit(std::string_view candidate, Instant now);
  /// Those of another ICE generation follow.
  void restart() { known_.clear(); }

 private:
  [[nodiscard]] bool is_allowed(const IpAddress& address) const;
  [[nodiscard]] bool is_of_publisher(const IpAddress& address) const;
  [[nodiscard]] bool is_own(const IpAddress& address) const;
  [[nodiscard]] bool take_one(Instant now);

  const Setting setting_;
  std::set<std::pair<IpAddress, unsigned>> known_;  // and its port
  std::size_t left_ = max_candidates;
  std::optional<Instant> replenished_;
};

/// The addresses of this host's interfaces.
[[nodiscard]] std::vector<IpAddress> own_addresses();

}  // namespace parley::hls

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "sha256.hpp"

/// The short authentication string that two people compare, and what it is made of. Its bytes are specified in
/// docs/verified.md, with a test vector.
namespace parley {

/// A picture that looks the same on every system, and what to call it.
struct Emoji {
  std::string_view symbol;
  std::string_view name;
};

inline constexpr std::size_t emoji_count = 64;
/// Everybody's list, in an order that never changes.
[[nodiscard]] Emoji emoji_at(std::size_t index);

struct ShortString {
  std::array<std::uint8_t, 4> emoji{};  ///< of `emoji_at()`
  std::uint32_t number = 0;             ///< shown as six digits

  bool operator==(const ShortString&) const = default;
};

/// With zeros in front, where it has fewer.
[[nodiscard]] std::string six_digits(std::uint32_t number);

/// One end of a connection.
struct VerifiedSide {
  std::string id;
  std::string fingerprints;  ///< as `fingerprints()` of sdp.hpp has them
};

/// SHA-256 over these fields, each after its length, so that no two lists of them are the same bytes.
[[nodiscard]] Digest hash_fields(std::initializer_list<std::string_view> fields);

/// What one side sends first: it can no longer choose its nonce once it knows the other one.
[[nodiscard]] Digest commitment(std::string_view committer, std::string_view responder,
                                std::string_view nonce);

/// Nonces are in hexadecimal digits, as they are sent.
[[nodiscard]] ShortString short_string(const VerifiedSide& committer, std::string_view committer_nonce,
                                       const VerifiedSide& responder, std::string_view responder_nonce);

}  // namespace parley

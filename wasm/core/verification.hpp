#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace parley {

/// What two people compare, by voice, to know that nobody sits between them: it is the same on both sides only if each has
/// the other's DTLS certificate (RFC 8122 section 5), and not that of somebody who passes on what they say.
struct ShortString {
  struct Emoji {
    std::string_view symbol;
    std::string_view name;  ///< in English
  };

  std::array<Emoji, 4> emoji;  ///< each one of 64: 24 bits
  std::string digits;          ///< six, of other bits

  bool operator==(const ShortString& other) const;
};

/// One of the two, as the other one knows it.
struct VerifiedParty {
  std::string id;
  /// Of its descriptions, as fingerprints_of() has them.
  std::string fingerprints;
};

/// How the two come to a short string, as ZRTP does (RFC 6189 section 4.4.2): who initiates commits to a number before it
/// knows the other's, so that nobody in between can choose one by which two strings become alike. Whoever tries does it
/// blindly, with one chance in 2^24.
///
///     initiator   ──▸  commitment: SHA-256 of its number  ──▸   responder
///                 ◂──  number                             ◂──
///                 ──▸  number                             ──▸   that it is the one committed to
///
/// One run over one data channel: a fresh channel begins a fresh one, with other numbers.
class Verification {
 public:
  struct Commitment {
    std::string hash;  ///< 64 hexadecimal digits
  };
  struct Number {
    std::string number;  ///< 64 hexadecimal digits: 256 random bits
  };
  using Message = std::variant<Commitment, Number>;

  enum class State : std::uint8_t {
    running,
    done,
    broken,  ///< the other side does not follow the rules: somebody may be in between
  };

  /// `number`: nobody else may know it, nor guess it; as Number has it.
  Verification(bool initiates, std::string number) : initiates_(initiates), number_(std::move(number)) {}

  /// What to say first, if anything.
  [[nodiscard]] std::optional<Message> begin() const;
  /// What to say to that, if anything.
  [[nodiscard]] std::optional<Message> receive(const Message& message);
  [[nodiscard]] State state() const { return state_; }
  /// Once it is done.
  [[nodiscard]] ShortString result(const VerifiedParty& self, const VerifiedParty& peer) const;

 private:
  [[nodiscard]] std::optional<Message> take(const Commitment& commitment);
  [[nodiscard]] std::optional<Message> take(const Number& number);
  void fail() { state_ = State::broken; }

  const bool initiates_;
  const std::string number_;
  std::string commitment_{};  ///< of the other side, which initiates
  std::string others_{};      ///< the other side's number
  State state_ = State::running;
};

}  // namespace parley

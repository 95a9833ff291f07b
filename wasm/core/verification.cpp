#include "verification.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "sha256.hpp"

namespace parley {
namespace {

constexpr std::size_t hexadecimal_digits = 64;

/// Told apart by shape and colour, also where they are small, and by a plain word.
constexpr std::array<ShortString::Emoji, 64> all_emoji{{
    {"🐶", "dog"},           {"🐱", "cat"},        {"🐴", "horse"},      {"🐷", "pig"},
    {"🐘", "elephant"},      {"🐰", "rabbit"},     {"🐻", "bear"},       {"🐔", "chicken"},
    {"🐧", "penguin"},       {"🐢", "turtle"},     {"🐟", "fish"},       {"🐙", "octopus"},
    {"🦋", "butterfly"},  {"🐝", "bee"},        {"🐌", "snail"},      {"🦁", "lion"},
    {"🌷", "tulip"},         {"🌻", "sunflower"},  {"🌵", "cactus"},     {"🌲", "tree"},
    {"🍄", "mushroom"},      {"🍀", "clover"},     {"🌍", "globe"},      {"🌙", "moon"},
    {"⭐", "star"},          {"🔥", "fire"},       {"🌈", "rainbow"},    {"⛄", "snowman"},
    {"🍎", "apple"},         {"🍌", "banana"},     {"🍓", "strawberry"}, {"🍒", "cherries"},
    {"🍇", "grapes"},        {"🍍", "pineapple"},  {"🌽", "corn"},       {"🍕", "pizza"},
    {"🍞", "bread"},         {"🧀", "cheese"},  {"🎂", "cake"},       {"☕", "coffee"},
    {"🏠", "house"},         {"⛵", "sailboat"},   {"🚗", "car"},        {"🚲", "bicycle"},
    {"🚂", "train"},         {"🚀", "rocket"},     {"⚓", "anchor"},     {"☂️", "umbrella"},
    {"🎈", "balloon"},       {"🎁", "gift"},       {"🎸", "guitar"},     {"🎺", "trumpet"},
    {"🥁", "drum"},       {"🔔", "bell"},       {"🔑", "key"},        {"🔨", "hammer"},
    {"✂️", "scissors"}, {"📎", "paper clip"}, {"💡", "light bulb"}, {"⏰", "alarm clock"},
    {"📚", "books"},         {"👓", "glasses"},    {"🎩", "top hat"},    {"⚽", "football"},
}};

/// Each part after its length, in four bytes: nothing of one can be taken for another's.
std::string framed(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts) {
    const auto length = static_cast<std::uint32_t>(part.size());
    for (int shift = 24; shift >= 0; shift -= 8)
      all.push_back(static_cast<char>(length >> static_cast<unsigned>(shift)));
    all.append(part);
  }
  return all;
}

std::string hexadecimal(const Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text.push_back(digits[byte >> 4U]);
    text.push_back(digits[byte & 0xfU]);
  }
  return text;
}

bool is_hexadecimal(std::string_view text) {
  return text.size() == hexadecimal_digits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string commitment_to(std::string_view number) {
  return hexadecimal(sha256(framed({"parley verification 1, commitment", number})));
}

std::string six_digits(std::uint64_t value) {
  constexpr std::uint64_t most = 1'000'000;
  std::string digits = std::to_string(value % most);
  return std::string(6 - digits.size(), '0') + digits;
}

ShortString shortened(const Digest& digest) {
  const auto bits =
      static_cast<std::size_t>(digest[0]) << 16U | static_cast<std::size_t>(digest[1]) << 8U | digest[2];
  ShortString result{};
  for (std::size_t i = 0; i < result.emoji.size(); ++i)
    result.emoji.at(i) = all_emoji.at(bits >> (18 - 6 * i) & 0x3fU);
  std::uint64_t value = 0;
  for (std::size_t i = 3; i < 11; ++i) value = value << 8U | digest.at(i);
  result.digits = six_digits(value);
  return result;
}

}  // namespace

bool ShortString::operator==(const ShortString& other) const {
  return digits == other.digits &&
         std::equal(emoji.begin(), emoji.end(), other.emoji.begin(),
                    [](const Emoji& one, const Emoji& two) { return one.symbol == two.symbol; });
}

std::optional<Verification::Message> Verification::begin() const {
  if (!initiates_) return std::nullopt;
  return Commitment{commitment_to(number_)};
}

std::optional<Verification::Message> Verification::receive(const Message& message) {
  if (state_ == State::broken) return std::nullopt;
  return std::visit([this](const auto& body) { return take(body); }, message);
}

std::optional<Verification::Message> Verification::take(const Commitment& commitment) {
  if (initiates_ || !commitment_.empty() || !is_hexadecimal(commitment.hash)) {
    fail();
    return std::nullopt;
  }
  commitment_ = commitment.hash;
  return Number{number_};
}

std::optional<Verification::Message> Verification::take(const Number& number) {
  const bool expected = state_ == State::running && (initiates_ || !commitment_.empty());
  const bool sound = is_hexadecimal(number.number) && number.number != number_ &&
                     (initiates_ || commitment_to(number.number) == commitment_);
  if (!expected || !sound) {
    fail();
    return std::nullopt;
  }
  others_ = number.number;
  state_ = State::done;
  if (!initiates_) return std::nullopt;
  return Number{number_};
}

ShortString Verification::result(const VerifiedParty& self, const VerifiedParty& peer) const {
  const VerifiedParty& initiator = initiates_ ? self : peer;
  const VerifiedParty& responder = initiates_ ? peer : self;
  return shortened(sha256(framed({"parley verification 1, string", initiator.id, initiator.fingerprints,
                                  initiates_ ? number_ : others_, responder.id, responder.fingerprints,
                                  initiates_ ? others_ : number_})));
}

}  // namespace parley

#include "short_string.hpp"

namespace parley {

// Things that nobody mistakes for each other, all of Unicode 9 or older and without variation selectors: every
// system of the last years has a picture of them.
const std::array<Emoji, emoji_count> emoji_list = {{
    {"🐶", "Dog"},       {"🐱", "Cat"},        {"🦁", "Lion"},    {"🐴", "Horse"},        {"🐸", "Frog"},
    {"🐘", "Elephant"},  {"🐰", "Rabbit"},     {"🐼", "Panda"},      {"🐓", "Rooster"},      {"🐧", "Penguin"},
    {"🐢", "Turtle"},    {"🐟", "Fish"},       {"🐙", "Octopus"},    {"🦋", "Butterfly"}, {"🐝", "Bee"},
    {"🐌", "Snail"},     {"🌵", "Cactus"},     {"🌲", "Tree"},       {"🌻", "Sunflower"},    {"🍄", "Mushroom"},
    {"🌍", "Globe"},     {"🌙", "Moon"},       {"🌈", "Rainbow"},    {"🔥", "Fire"},         {"🍌", "Banana"},
    {"🍎", "Apple"},     {"🍓", "Strawberry"}, {"🌽", "Corn"},       {"🍕", "Pizza"},        {"🎂", "Cake"},
    {"🥕", "Carrot"}, {"🍋", "Lemon"},      {"🤖", "Robot"},   {"🎩", "Hat"},          {"👓", "Glasses"},
    {"👟", "Shoe"},      {"🎹", "Piano"},      {"🚁", "Helicopter"}, {"🌂", "Umbrella"},     {"⌛", "Hourglass"},
    {"⏰", "Clock"},     {"🎁", "Gift"},       {"💡", "Light bulb"}, {"📕", "Book"},         {"🔑", "Key"},
    {"🔨", "Hammer"},    {"📞", "Telephone"},  {"🚩", "Flag"},       {"🚂", "Train"},        {"🚲", "Bicycle"},
    {"🚗", "Car"},       {"🚀", "Rocket"},     {"⛵", "Sailboat"},   {"⚓", "Anchor"},       {"🏠", "House"},
    {"🏆", "Trophy"},    {"⚽", "Ball"},       {"🎸", "Guitar"},     {"🎺", "Trumpet"},      {"🔔", "Bell"},
    {"🎈", "Balloon"},   {"📷", "Camera"},     {"🎲", "Dice"},       {"👑", "Crown"},
}};

Digest hash_fields(std::initializer_list<std::string_view> fields) {
  std::string bytes;
  for (const std::string_view field : fields) {
    const auto length = static_cast<std::uint32_t>(field.size());
    for (unsigned shift = 32; shift > 0; shift -= 8)
      bytes += static_cast<char>(length >> (shift - 8) & 0xffU);
    bytes += field;
  }
  return sha256(bytes);
}

Digest commitment(std::string_view committer, std::string_view responder, std::string_view nonce) {
  return hash_fields({"parley-verify-1 commit", committer, responder, nonce});
}

ShortString short_string(const VerifiedSide& committer, std::string_view committer_nonce,
                         const VerifiedSide& responder, std::string_view responder_nonce) {
  const Digest digest =
      hash_fields({"parley-verify-1 string", committer.id, responder.id, committer.fingerprints,
                   responder.fingerprints, committer_nonce, responder_nonce});
  ShortString result;
  // Bytes 0 to 2 are four times six bits.
  const std::uint32_t pictures =
      (std::uint32_t{digest[0]} << 16U) | (std::uint32_t{digest[1]} << 8U) | digest[2];
  for (std::size_t i = 0; i < result.emoji.size(); ++i) {
    result.emoji[i] = static_cast<std::uint8_t>(pictures >> (18 - 6 * i) & 0x3fU);
  }
  // Bytes 3 to 10 are a number; that a million divides no power of two makes a difference of 2^-44.
  std::uint64_t number = 0;
  for (std::size_t i = 3; i < 11; ++i) number = (number << 8U) | digest[i];
  const std::string digits = std::to_string(number % 1'000'000);
  result.digits = std::string(6 - digits.size(), '0') + digits;
  return result;
}

}  // namespace parley

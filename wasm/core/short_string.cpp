#include "short_string.hpp"

namespace parley {

namespace {

// Things that nobody mistakes for each other, all of Unicode 9 or older and without variation selectors: every
// system of the last years has a picture of them. In one text, which is less to load than a table.
constexpr std::string_view emoji_list =
    "🐶Dog,🐱Cat,🦁Lion,🐴Horse,"
    "🐸Frog,🐘Elephant,🐰Rabbit,🐼Panda,"
    "🐓Rooster,🐧Penguin,🐢Turtle,🐟Fish,"
    "🐙Octopus,🦋Butterfly,🐝Bee,🐌Snail,"
    "🌵Cactus,🌲Tree,🌻Sunflower,🍄Mushroom,"
    "🌍Globe,🌙Moon,🌈Rainbow,🔥Fire,"
    "🍌Banana,🍎Apple,🍓Strawberry,🌽Corn,"
    "🍕Pizza,🎂Cake,🥕Carrot,🍋Lemon,"
    "🤖Robot,🎩Hat,👓Glasses,👟Shoe,"
    "🎹Piano,🚁Helicopter,🌂Umbrella,⌛Hourglass,"
    "⏰Clock,🎁Gift,💡Light bulb,📕Book,"
    "🔑Key,🔨Hammer,📞Telephone,🚩Flag,"
    "🚂Train,🚲Bicycle,🚗Car,🚀Rocket,"
    "⛵Sailboat,⚓Anchor,🏠House,🏆Trophy,"
    "⚽Ball,🎸Guitar,🎺Trumpet,🔔Bell,"
    "🎈Balloon,📷Camera,🎲Dice,👑Crown,";

/// Of the UTF-8 that begins like this: all symbols are one code point.
constexpr std::size_t symbol_bytes(char first) {
  return static_cast<unsigned char>(first) >= 0xf0U ? 4 : 3;
}

}  // namespace

Emoji emoji_at(std::size_t index) {
  std::string_view left = emoji_list;
  for (; index > 0; --index) left.remove_prefix(left.find(',') + 1);
  const std::size_t symbol = symbol_bytes(left.front());
  return {.symbol = left.substr(0, symbol), .name = left.substr(symbol, left.find(',') - symbol)};
}

std::string six_digits(std::uint32_t number) {
  const std::string digits = std::to_string(number);
  return std::string(6 - digits.size(), '0') + digits;
}

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
  result.number = static_cast<std::uint32_t>(number % 1'000'000);
  return result;
}

}  // namespace parley

#include "core/short_string.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace parley {
namespace {

const std::string committer_nonce = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const std::string responder_nonce = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

VerifiedSide side_of_ada() {
  return {.id = "ada",
          .fingerprints =
              "sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:"
              "10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F"};
}
VerifiedSide side_of_bob() {
  return {.id = "bob",
          .fingerprints =
              "sha-256 80:81:82:83:84:85:86:87:88:89:8A:8B:8C:8D:8E:8F:"
              "90:91:92:93:94:95:96:97:98:99:9A:9B:9C:9D:9E:9F"};
}

// docs/verified.md has the same figures; they were computed by other means.
TEST(ShortString, the_test_vector_of_the_documentation_holds) {
  EXPECT_EQ(to_hex(commitment("ada", "bob", committer_nonce)),
            "5b4c95b5daed2a589460567fc3aafcd400c762ca5b00bdb5172f9194a0c9357f");
  const ShortString string = short_string(side_of_ada(), committer_nonce, side_of_bob(), responder_nonce);
  std::string names;
  for (const std::uint8_t index : string.emoji) names += std::string(emoji_at(index).name) + " ";
  EXPECT_EQ(names, "Horse Camera Octopus Moon ");
  EXPECT_EQ(six_digits(string.number), "276826");
}

TEST(ShortString, everything_that_goes_in_counts) {
  const ShortString right = short_string(side_of_ada(), committer_nonce, side_of_bob(), responder_nonce);
  EXPECT_EQ(right, short_string(side_of_ada(), committer_nonce, side_of_bob(), responder_nonce));
  auto other = side_of_bob();
  other.id = "bol";
  EXPECT_NE(right, short_string(side_of_ada(), committer_nonce, other, responder_nonce));
  other = side_of_bob();
  other.fingerprints.back() = 'E';
  EXPECT_NE(right, short_string(side_of_ada(), committer_nonce, other, responder_nonce));
  EXPECT_NE(right, short_string(side_of_ada(), responder_nonce, side_of_bob(), responder_nonce));
  EXPECT_NE(right, short_string(side_of_ada(), committer_nonce, side_of_bob(), committer_nonce));
  EXPECT_NE(right, short_string(side_of_bob(), responder_nonce, side_of_ada(), committer_nonce));
}

TEST(ShortString, where_one_field_ends_and_the_next_begins_counts) {
  EXPECT_NE(hash_fields({"ab", "c"}), hash_fields({"a", "bc"}));
  EXPECT_NE(hash_fields({"ab", ""}), hash_fields({"ab"}));
}

TEST(ShortString, there_are_always_six_digits) {
  EXPECT_EQ(six_digits(0), "000000");
  EXPECT_EQ(six_digits(42), "000042");
  EXPECT_EQ(six_digits(999'999), "999999");
}

TEST(ShortString, every_picture_is_different_and_so_is_every_name) {
  std::set<std::string_view> symbols;
  std::set<std::string_view> names;
  for (std::size_t index = 0; index < emoji_count; ++index) {
    const Emoji emoji = emoji_at(index);
    EXPECT_FALSE(emoji.name.empty());
    symbols.insert(emoji.symbol);
    names.insert(emoji.name);
  }
  EXPECT_EQ(symbols.size(), emoji_count);
  EXPECT_EQ(names.size(), emoji_count);
}

}  // namespace
}  // namespace parley

#include "core/sha256.hpp"

#include <gtest/gtest.h>

namespace parley {
namespace {

// NIST's examples for FIPS 180-4, and the lengths around a block's end.

TEST(CoreSha256, nothing_has_a_digest) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(CoreSha256, one_block) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(CoreSha256, a_message_whose_length_needs_another_block) {
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(CoreSha256, two_blocks) {
  EXPECT_EQ(to_hex(sha256("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                          "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

TEST(CoreSha256, a_million_letters) {
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(CoreSha256, every_length_around_the_end_of_a_block) {
  // The digest of the digests, as coreutils' sha256sum has them.
  std::string digests;
  for (std::size_t length = 54; length <= 66; ++length) digests += to_hex(sha256(std::string(length, 'x')));
  EXPECT_EQ(to_hex(sha256(digests)), "230bf7e0d8adf9b0a90fcc1a3290a2d63a7de667777c41660d5e62954bb98fc1");
}

TEST(CoreSha256, bytes_may_be_any) {
  EXPECT_EQ(to_hex(sha256(std::string_view("\x00\xff\x80", 3))),
            "f742b965f156c10374bc23aea96e3a8aff8facd6fc079defeaa30219ad86f211");
}

}  // namespace
}  // namespace parley

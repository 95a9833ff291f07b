#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/sdp.hpp"
#include "core/sha256.hpp"
#include "core/verification.hpp"

namespace parley {
namespace {

using testing::SizeIs;
using Message = Verification::Message;
using State = Verification::State;

std::string hexadecimal(const Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) text.append({digits[byte >> 4U], digits[byte & 0xfU]});
  return text;
}

// The examples of FIPS 180-2, appendix B, and of NIST's validation suite.
TEST(CoreSha256, is_what_the_standard_s_examples_say) {
  EXPECT_EQ(hexadecimal(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hexadecimal(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hexadecimal(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hexadecimal(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(hexadecimal(sha256("\xbd")), "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
}

TEST(CoreSha256, a_text_of_any_length_has_a_place_for_its_own) {
  std::set<std::string> all;
  for (std::size_t length = 0; length < 200; ++length)
    all.insert(hexadecimal(sha256(std::string(length, '\0'))));
  EXPECT_THAT(all, SizeIs(200));
}

TEST(CoreFingerprints, are_the_same_however_a_description_writes_them) {
  constexpr const char* one = "v=0\r\na=fingerprint:SHA-256 ab:CD:01\r\nm=audio 9 X\r\na=mid:0\r\n";
  constexpr const char* two =
      "v=0\nm=audio 9 X\na=fingerprint:sha-256 AB:cd:01\nm=video 9 X\na=fingerprint:sha-256 AB:CD:01\n";
  EXPECT_EQ(fingerprints_of(one), "sha-256 AB:CD:01\n");
  EXPECT_EQ(fingerprints_of(two), fingerprints_of(one));
  EXPECT_EQ(fingerprints_of("a=fingerprint:sha-512 02\r\na=fingerprint:sha-256 01\r\n"),
            "sha-256 01\nsha-512 02\n");
  EXPECT_EQ(fingerprints_of("v=0\r\n"), "");
  EXPECT_EQ(fingerprints_of("a=fingerprint:"), "\n");
}

/// Numbers, of which a test needs many.
class Numbers {
 public:
  std::string next() {
    std::string text;
    for (int i = 0; i < 4; ++i) {
      std::uint64_t bits = random_();
      for (int digit = 0; digit < 16; ++digit, bits >>= 4U) text.push_back("0123456789abcdef"[bits & 0xfU]);
    }
    return text;
  }

 private:
  std::mt19937_64 random_{7};
};

const VerifiedParty ada{.id = "ada", .fingerprints = "sha-256 AA\n"};
const VerifiedParty bob{.id = "bob", .fingerprints = "sha-256 BB\n"};
const VerifiedParty eve_as_ada{.id = "ada", .fingerprints = "sha-256 E1\n"};
const VerifiedParty eve_as_bob{.id = "bob", .fingerprints = "sha-256 E2\n"};

class CoreVerification : public testing::Test {
 protected:
  static Message said(const std::optional<Message>& message) {
    EXPECT_TRUE(message);
    return message.value_or(Verification::Number{});
  }

  /// Both to their ends.
  static void run(Verification& initiator, Verification& responder) {
    const Message number = said(responder.receive(said(initiator.begin())));
    EXPECT_FALSE(responder.receive(said(initiator.receive(number))));
  }

  Numbers numbers_;
};

TEST_F(CoreVerification, both_see_the_same) {
  std::set<std::string> strings;
  for (int i = 0; i < 200; ++i) {
    Verification one(true, numbers_.next());
    Verification other(false, numbers_.next());
    EXPECT_FALSE(other.begin());
    run(one, other);
    ASSERT_EQ(one.state(), State::done);
    ASSERT_EQ(other.state(), State::done);
    const ShortString shown = one.result(ada, bob);
    EXPECT_EQ(shown, other.result(bob, ada));
    EXPECT_THAT(shown.digits, SizeIs(6));
    strings.insert(shown.digits);
  }
  EXPECT_GT(strings.size(), 190U) << "each time others";
}

TEST_F(CoreVerification, what_another_program_computes_is_computed) {
  Verification one(true, std::string(64, '1'));
  Verification other(false, std::string(64, '2'));
  EXPECT_EQ(std::get<Verification::Commitment>(said(one.begin())).hash,
            "a100e815bcb183ebca83fee3a4b295289e90487d1880b7d2691b4d5194ab1cbe");
  run(one, other);
  const ShortString shown = one.result(ada, bob);
  EXPECT_EQ(shown.digits, "440915");
  std::string names;
  for (const auto& emoji : shown.emoji) names.append(emoji.name).push_back(' ');
  EXPECT_EQ(names, "tulip light bulb coffee guitar ");
}

TEST_F(CoreVerification, each_part_of_it_counts) {
  Verification one(true, numbers_.next());
  Verification other(false, numbers_.next());
  run(one, other);
  const ShortString shown = one.result(ada, bob);
  EXPECT_FALSE(shown == one.result(eve_as_ada, bob));
  EXPECT_FALSE(shown == one.result(ada, eve_as_bob));
  EXPECT_FALSE(shown == one.result(bob, ada));
  EXPECT_FALSE(shown == one.result({.id = "adab", .fingerprints = "sha-256 AA\n"},
                                   {.id = "ob", .fingerprints = "sha-256 BB\n"}))
      << "not even where the parts are cut otherwise";
}

/// Eve is the host, or has it: each of the two has a connection with her, and takes her for the other one.
TEST_F(CoreVerification, somebody_in_between_makes_the_two_see_different_strings) {
  for (int i = 0; i < 2'000; ++i) {
    Verification a(true, numbers_.next());
    Verification b(false, numbers_.next());
    Verification to_a(false, numbers_.next());
    Verification to_b(true, numbers_.next());
    run(a, to_a);
    run(to_b, b);
    ASSERT_EQ(a.state(), State::done);
    ASSERT_EQ(b.state(), State::done);
    ASSERT_FALSE(a.result(ada, eve_as_bob) == b.result(bob, eve_as_ada));
  }
}

TEST_F(CoreVerification, who_only_passes_the_messages_on_is_seen_as_well) {
  Verification a(true, numbers_.next());
  Verification b(false, numbers_.next());
  run(a, b);
  EXPECT_FALSE(a.result(ada, eve_as_bob) == b.result(bob, eve_as_ada));
}

TEST_F(CoreVerification, nobody_takes_another_number_than_they_have_committed_to) {
  Verification b(false, numbers_.next());
  Verification eve(true, numbers_.next());
  static_cast<void>(b.receive(said(eve.begin())));
  EXPECT_FALSE(b.receive(Verification::Number{numbers_.next()}));
  EXPECT_EQ(b.state(), State::broken);
}

TEST_F(CoreVerification, whoever_breaks_the_rules_ends_it) {
  const Verification::Number number{numbers_.next()};
  const Verification::Commitment commitment{numbers_.next()};
  const auto after = [&](bool initiates, std::initializer_list<Message> messages) {
    Verification one(initiates, std::string(64, 'a'));
    for (const Message& message : messages) static_cast<void>(one.receive(message));
    return one.state();
  };
  EXPECT_EQ(after(false, {number}), State::broken) << "before a commitment";
  EXPECT_EQ(after(false, {commitment, commitment}), State::broken) << "a second one";
  EXPECT_EQ(after(true, {commitment}), State::broken) << "there is one initiator";
  EXPECT_EQ(after(true, {number, number}), State::broken) << "twice";
  EXPECT_EQ(after(true, {Verification::Number{std::string(64, 'a')}}), State::broken) << "our own, sent back";
  for (const std::string& wrong : {std::string(), std::string(63, 'a'), std::string(65, 'a'),
                                   std::string(64, 'g'), std::string(64, 'A')}) {
    EXPECT_EQ(after(true, {Verification::Number{wrong}}), State::broken) << wrong;
    EXPECT_EQ(after(false, {Verification::Commitment{wrong}}), State::broken) << wrong;
  }
  EXPECT_EQ(after(true, {number}), State::done);
}

TEST_F(CoreVerification, all_emoji_are_seen_and_each_has_a_name_of_its_own) {
  std::set<std::string> symbols;
  std::set<std::string> names;
  for (int i = 0; i < 1'000; ++i) {
    Verification one(true, numbers_.next());
    Verification other(false, numbers_.next());
    run(one, other);
    const ShortString shown = one.result(ada, bob);
    for (const auto& emoji : shown.emoji) {
      symbols.emplace(emoji.symbol);
      names.emplace(emoji.name);
    }
  }
  EXPECT_THAT(symbols, SizeIs(64));
  EXPECT_THAT(names, SizeIs(64));
}

}  // namespace
}  // namespace parley

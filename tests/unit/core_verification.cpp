#include "core/verification.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "core/random.hpp"
#include "core_outputs.hpp"

namespace parley {
namespace {

using channel_wire::VerifyStep;
using Known = VerificationState;

/// 64 hexadecimal digits that are different for every text.
std::string digits_of(const std::string& text) {
  return to_hex(sha256(text));
}

VerifiedSide side(const std::string& id, const std::string& certificate) {
  return {.id = id, .fingerprints = "sha-256 " + certificate};
}

/// One person's core, towards one peer.
struct Party {
  explicit Party(std::string own, std::string other)
      : id(std::move(own)), peer(std::move(other)), verification(peer, outputs) {}

  /// Begins with the certificates that it sees; what it sends, if it is its turn.
  Verification::Step begin(const std::string& own_certificate, const std::string& their_certificate,
                           const std::string& secret, const std::string& identity = "") {
    nonce = digits_of(secret);
    return verification.begin({.own = side(id, own_certificate),
                               .theirs = side(peer, their_certificate),
                               .commits = id < peer,
                               .nonce = nonce},
                              identity);
  }

  [[nodiscard]] Known state() const { return verification.info().state; }
  [[nodiscard]] std::string code() const { return std::string(verification.info().reason.code); }
  [[nodiscard]] std::optional<ShortString> string() const { return verification.info().string; }

  std::string id;
  std::string peer;
  std::string nonce;
  Outputs outputs;
  Verification verification;
};

/// Carries steps between two, until none has anything to say.
void carry(Party& from, Party& to, Verification::Step step) {
  Party* next = &to;
  Party* last = &from;
  while (step) {
    step = next->verification.receive(*step);
    std::swap(next, last);
  }
}

class VerificationTest : public testing::Test {
 protected:
  void agree(const std::string& ada_certificate = "AA", const std::string& bob_certificate = "BB",
             const std::string& ada_identity = "", const std::string& bob_identity = "") {
    const auto first = ada.begin(ada_certificate, bob_certificate, "ada's", bob_identity);
    EXPECT_FALSE(bob.begin(bob_certificate, ada_certificate, "bob's", ada_identity));
    carry(ada, bob, first);
  }

  Party ada{"ada", "bob"};
  Party bob{"bob", "ada"};
};

TEST_F(VerificationTest, both_have_the_same_string) {
  EXPECT_EQ(ada.state(), Known::pending);
  agree();
  ASSERT_TRUE(ada.string());
  EXPECT_EQ(ada.string(), bob.string());
  EXPECT_EQ(ada.state(), Known::unverified);
  EXPECT_EQ(ada.code(), "not-compared");
}

TEST_F(VerificationTest, the_next_exchange_has_another_string) {
  agree();
  const auto former = ada.string();
  ada.verification.wait();
  bob.verification.wait();
  EXPECT_EQ(ada.state(), Known::pending);
  EXPECT_FALSE(ada.string());
  const auto first = ada.begin("AA", "BB", "ada's second", "");
  (void)bob.begin("BB", "AA", "bob's second", "");
  carry(ada, bob, first);
  EXPECT_EQ(ada.string(), bob.string());
  EXPECT_NE(ada.string(), former);
}

TEST_F(VerificationTest, who_commits_says_its_nonce_last) {
  const auto commit = ada.begin("AA", "BB", "ada's");
  ASSERT_TRUE(commit);
  EXPECT_EQ(commit->step, VerifyStep::commit);
  EXPECT_NE(commit->value, ada.nonce);
  (void)bob.begin("BB", "AA", "bob's");
  const auto answer = bob.verification.receive(*commit);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->step, VerifyStep::nonce);
  EXPECT_EQ(answer->value, bob.nonce);
  EXPECT_EQ(bob.state(), Known::pending);
  const auto reveal = ada.verification.receive(*answer);
  ASSERT_TRUE(reveal);
  EXPECT_EQ(reveal->step, VerifyStep::reveal);
  EXPECT_EQ(reveal->value, ada.nonce);
}

// What people find.

TEST_F(VerificationTest, who_compares_has_verified) {
  agree();
  EXPECT_TRUE(ada.verification.compare(true));
  EXPECT_EQ(ada.state(), Known::verified);
  EXPECT_EQ(ada.code(), "compared");
  EXPECT_EQ(bob.state(), Known::unverified) << "each side decides for itself";
  EXPECT_EQ(count<output::RememberKey>(ada.outputs), 0U) << "nobody is known by an identity";
}

TEST_F(VerificationTest, a_difference_is_a_warning_until_it_is_compared_again) {
  agree();
  EXPECT_TRUE(ada.verification.compare(false));
  EXPECT_EQ(ada.state(), Known::different);
  EXPECT_TRUE(ada.string());
  EXPECT_TRUE(ada.verification.compare(true));
  EXPECT_EQ(ada.state(), Known::verified);
}

TEST_F(VerificationTest, before_there_is_a_string_there_is_nothing_to_compare) {
  EXPECT_FALSE(ada.verification.compare(true));
  EXPECT_FALSE(ada.verification.compare(false));
  EXPECT_EQ(ada.state(), Known::pending);
}

TEST_F(VerificationTest, the_same_key_in_a_fresh_connection_stays_verified) {
  agree();
  (void)ada.verification.compare(true);
  ada.verification.wait();
  bob.verification.wait();
  agree();
  EXPECT_EQ(ada.state(), Known::verified);
}

TEST_F(VerificationTest, another_key_in_a_fresh_connection_is_to_be_compared_again) {
  agree();
  (void)ada.verification.compare(true);
  ada.verification.wait();
  bob.verification.wait();
  agree("AA", "CC");
  EXPECT_EQ(ada.state(), Known::unverified);
  EXPECT_EQ(ada.code(), "new-connection");
}

// What is remembered.

TEST_F(VerificationTest, a_key_is_remembered_for_an_identity_and_recognised) {
  agree("AA", "BB", "ada@x", "bob@x");
  EXPECT_EQ(only<output::RecallKey>(ada.outputs).identity, "bob@x");
  (void)ada.verification.compare(true);
  const auto remembered = only<output::RememberKey>(ada.outputs);
  EXPECT_EQ(remembered.identity, "bob@x");
  EXPECT_EQ(remembered.key.size(), 64U);

  Party later{"ada", "bob"};
  Party bob_later{"bob", "ada"};
  const auto first = later.begin("A2", "BB", "later", "bob@x");
  (void)bob_later.begin("BB", "A2", "later, too");
  carry(later, bob_later, first);
  later.verification.recall(remembered.key);
  EXPECT_EQ(later.state(), Known::verified);
  EXPECT_EQ(later.code(), "remembered");
}

TEST_F(VerificationTest, another_key_than_the_remembered_one_is_a_warning) {
  agree("AA", "BB", "", "bob@x");
  ada.verification.recall(digits_of("another"));
  EXPECT_EQ(ada.state(), Known::changed);
  EXPECT_TRUE(ada.string());
  (void)ada.verification.compare(true);
  EXPECT_EQ(ada.state(), Known::verified);
  EXPECT_EQ(count<output::RememberKey>(ada.outputs), 1U);
}

TEST_F(VerificationTest, nothing_remembered_changes_nothing) {
  agree("AA", "BB", "", "bob@x");
  ada.verification.recall("");
  EXPECT_EQ(ada.state(), Known::unverified);
}

TEST_F(VerificationTest, what_was_found_now_counts_more_than_what_is_remembered) {
  agree("AA", "BB", "", "bob@x");
  (void)ada.verification.compare(false);
  ada.verification.recall(digits_of("another"));
  EXPECT_EQ(ada.state(), Known::different);
}

TEST_F(VerificationTest, a_difference_forgets_the_key_that_was_taken_for_theirs) {
  agree("AA", "BB", "", "bob@x");
  (void)ada.verification.compare(true);
  (void)drain(ada.outputs);
  (void)ada.verification.compare(false);
  EXPECT_EQ(only<output::RememberKey>(ada.outputs).key, "");
}

TEST_F(VerificationTest, a_difference_keeps_the_key_that_was_remembered_before) {
  agree("AA", "BB", "", "bob@x");
  ada.verification.recall(digits_of("another"));
  (void)ada.verification.compare(false);
  EXPECT_EQ(count<output::RememberKey>(ada.outputs), 0U);
}

// Who breaks the rules.

TEST_F(VerificationTest, a_reveal_must_be_what_was_committed_to) {
  const auto commit = ada.begin("AA", "BB", "ada's");
  (void)bob.begin("BB", "AA", "bob's");
  ASSERT_TRUE(bob.verification.receive(*commit));
  EXPECT_FALSE(bob.verification.receive({.step = VerifyStep::reveal, .value = digits_of("a better one")}));
  EXPECT_EQ(bob.state(), Known::failed);
  EXPECT_EQ(bob.code(), "wrong-reveal");
  EXPECT_FALSE(bob.string());
  EXPECT_FALSE(bob.verification.compare(true));
}

TEST_F(VerificationTest, a_second_commitment_fails) {
  const auto commit = ada.begin("AA", "BB", "ada's");
  (void)bob.begin("BB", "AA", "bob's");
  ASSERT_TRUE(bob.verification.receive(*commit));
  EXPECT_FALSE(bob.verification.receive(*commit));
  EXPECT_EQ(bob.code(), "out-of-order");
}

TEST_F(VerificationTest, a_step_out_of_its_turn_fails_and_the_rest_is_not_heard) {
  for (const VerifyStep step : {VerifyStep::nonce, VerifyStep::reveal}) {
    Party responder{"bob", "ada"};
    (void)responder.begin("BB", "AA", "bob's");
    EXPECT_FALSE(responder.verification.receive({.step = step, .value = digits_of("x")}));
    EXPECT_EQ(responder.state(), Known::failed);
    EXPECT_FALSE(responder.verification.receive({.step = VerifyStep::commit, .value = digits_of("x")}));
    EXPECT_EQ(responder.state(), Known::failed);
  }
  for (const VerifyStep step : {VerifyStep::commit, VerifyStep::reveal}) {
    Party committer{"ada", "bob"};
    (void)committer.begin("AA", "BB", "ada's");
    EXPECT_FALSE(committer.verification.receive({.step = step, .value = digits_of("x")}));
    EXPECT_EQ(committer.code(), "out-of-order");
  }
}

TEST_F(VerificationTest, one_s_own_commitment_sent_back_fails) {
  const auto commit = ada.begin("AA", "BB", "ada's");
  EXPECT_FALSE(ada.verification.receive(*commit));
  EXPECT_EQ(ada.state(), Known::failed);
}

TEST_F(VerificationTest, a_step_after_the_last_takes_the_string_away) {
  agree();
  (void)ada.verification.compare(true);
  EXPECT_FALSE(ada.verification.receive({.step = VerifyStep::nonce, .value = digits_of("x")}));
  EXPECT_EQ(ada.state(), Known::failed);
  EXPECT_FALSE(ada.string());
}

TEST_F(VerificationTest, a_step_before_the_beginning_fails) {
  EXPECT_FALSE(ada.verification.receive({.step = VerifyStep::commit, .value = digits_of("x")}));
  EXPECT_EQ(ada.state(), Known::failed);
}

TEST_F(VerificationTest, a_value_of_a_wrong_length_or_of_other_letters_fails) {
  const std::string right = digits_of("x");
  for (const std::string& value : {std::string(), right.substr(1), right + "0", std::string(63, 'a') + "g",
                                   std::string(64, 'A'), std::string(1 << 16, 'a')}) {
    Party responder{"bob", "ada"};
    (void)responder.begin("BB", "AA", "bob's");
    EXPECT_FALSE(responder.verification.receive({.step = VerifyStep::commit, .value = value}));
    EXPECT_EQ(responder.code(), "bad-value") << value.size();
  }
}

TEST_F(VerificationTest, a_key_that_changes_in_a_connection_takes_the_string_away) {
  agree();
  (void)ada.verification.compare(true);
  ada.verification.check("sha-256 AA", "sha-256 BB");
  EXPECT_EQ(ada.state(), Known::verified);
  ada.verification.check("sha-256 AA", "sha-256 CC");
  EXPECT_EQ(ada.state(), Known::failed);
  EXPECT_EQ(ada.code(), "key-changed");
  ada.verification.check("sha-256 AA", "sha-256 BB");
  EXPECT_EQ(ada.state(), Known::failed) << "it does not come back";
}

TEST_F(VerificationTest, a_key_that_changes_during_the_exchange_fails) {
  (void)ada.begin("AA", "BB", "ada's");
  ada.verification.check("sha-256 AA", "sha-256 BB\nsha-256 CC");
  EXPECT_EQ(ada.code(), "key-changed");
}

TEST_F(VerificationTest, without_a_fingerprint_there_is_nothing_to_compare) {
  EXPECT_FALSE(ada.verification.begin(
      {.own = side("ada", "AA"), .theirs = {.id = "bob", .fingerprints = ""}, .commits = true, .nonce = ""},
      ""));
  EXPECT_EQ(ada.state(), Known::unavailable);
  EXPECT_EQ(ada.code(), "no-fingerprint");
}

TEST_F(VerificationTest, a_channel_that_closes_before_the_end_leaves_nothing_to_compare) {
  (void)ada.begin("AA", "BB", "ada's");
  ada.verification.closed();
  EXPECT_EQ(ada.state(), Known::unavailable);
  EXPECT_EQ(ada.code(), "no-channel");
}

TEST_F(VerificationTest, a_channel_that_closes_afterwards_changes_nothing) {
  agree();
  (void)ada.verification.compare(true);
  ada.verification.closed();
  EXPECT_EQ(ada.state(), Known::verified);
}

// Somebody in between, who ends both connections with certificates of their own.

/// Certificates and secrets, the same in every run.
class Lots {
 public:
  explicit Lots(std::uint64_t seed) : random_(seed) {}
  std::string draw() { return digits_of(random_.hex() + random_.hex()); }

 private:
  Random random_;
};

TEST(VerificationAttack, who_swaps_fingerprints_and_passes_on_the_channel_is_seen) {
  Lots lots(1);
  for (int attempt = 0; attempt < 2'000; ++attempt) {
    Party ada{"ada", "bob"};
    Party bob{"bob", "ada"};
    const std::string to_ada = lots.draw();
    const std::string to_bob = lots.draw();
    const auto commit = ada.begin(lots.draw(), to_ada, lots.draw());
    (void)bob.begin(lots.draw(), to_bob, lots.draw());
    carry(ada, bob, commit);
    ASSERT_TRUE(ada.string());
    ASSERT_TRUE(bob.string());
    ASSERT_NE(ada.string()->emoji, bob.string()->emoji);
    ASSERT_NE(ada.string()->number, bob.string()->number);
  }
}

TEST(VerificationAttack, who_swaps_one_side_s_fingerprint_alone_is_seen) {
  Lots lots(2);
  for (int attempt = 0; attempt < 2'000; ++attempt) {
    Party ada{"ada", "bob"};
    Party bob{"bob", "ada"};
    const std::string of_ada = lots.draw();
    const std::string of_bob = lots.draw();
    const bool swaps_bob = attempt % 2 == 0;
    const auto commit = ada.begin(of_ada, swaps_bob ? lots.draw() : of_bob, lots.draw());
    (void)bob.begin(of_bob, swaps_bob ? of_ada : lots.draw(), lots.draw());
    carry(ada, bob, commit);
    ASSERT_NE(ada.string(), bob.string());
  }
}

/// Keeps the rules with both, as the other one, with nonces of its own: how often would anybody be taken in?
TEST(VerificationAttack, who_speaks_with_both_as_the_other_is_seen) {
  Lots lots(3);
  for (int attempt = 0; attempt < 2'000; ++attempt) {
    Party ada{"ada", "bob"};
    Party bob{"bob", "ada"};
    Party as_bob{"bob", "ada"};
    Party as_ada{"ada", "bob"};
    const std::string of_ada = lots.draw();
    const std::string of_bob = lots.draw();
    const std::string of_mallory = lots.draw();
    const auto commit = ada.begin(of_ada, of_mallory, lots.draw());
    (void)as_bob.begin(of_mallory, of_ada, lots.draw());
    carry(ada, as_bob, commit);
    const auto false_commit = as_ada.begin(of_mallory, of_bob, lots.draw());
    (void)bob.begin(of_bob, of_mallory, lots.draw());
    carry(as_ada, bob, false_commit);
    ASSERT_EQ(ada.string(), as_bob.string());
    ASSERT_EQ(as_ada.string(), bob.string());
    ASSERT_NE(ada.string()->emoji, bob.string()->emoji);
  }
}

/// Knows Ada's string, looks for a nonce with which Bob would have the same pictures, and finds some; but has
/// committed to another one by the time that it knows Bob's.
TEST(VerificationAttack, who_looks_for_a_nonce_finds_it_too_late) {
  Party ada{"ada", "bob"};
  const auto commit_of_ada = ada.begin("AA", "MM", "ada's");
  ASSERT_TRUE(commit_of_ada);
  const auto reveal = ada.verification.receive({.step = VerifyStep::nonce, .value = digits_of("mallory's")});
  ASSERT_TRUE(reveal);
  ASSERT_TRUE(ada.string());

  Party bob{"bob", "ada"};
  (void)bob.begin("BB", "MM", "bob's");
  const std::string committed = digits_of("committed");
  const auto nonce_of_bob = bob.verification.receive(
      {.step = VerifyStep::commit, .value = to_hex(commitment("ada", "bob", committed))});
  ASSERT_TRUE(nonce_of_bob);

  // One picture is enough to see that it can be found, in some 64 attempts.
  std::string found;
  for (int attempt = 0; attempt < 10'000 && found.empty(); ++attempt) {
    const std::string candidate = digits_of("candidate " + std::to_string(attempt));
    const auto string = short_string(side("ada", "MM"), candidate, side("bob", "BB"), nonce_of_bob->value);
    if (string.emoji[0] == ada.string()->emoji[0]) found = candidate;
  }
  ASSERT_FALSE(found.empty());
  EXPECT_FALSE(bob.verification.receive({.step = VerifyStep::reveal, .value = found}));
  EXPECT_EQ(bob.code(), "wrong-reveal");
  EXPECT_FALSE(bob.string());
}

}  // namespace
}  // namespace parley

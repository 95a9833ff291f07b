// Verification as a whole session has it: who can, who cannot and why.

#include <gtest/gtest.h>

#include <string>

#include "core_session_test.hpp"

namespace parley {
namespace {

Config room_with_entropy() {
  Config config = room();
  config.entropy = std::string(64, 'e');
  return config;
}

class SessionVerificationTest : public SessionTest {
 protected:
  static constexpr const char* greeting = R"({"type":"hello","stream":5,"verify":1})";
  static constexpr const char* old_greeting = R"({"type":"hello","stream":5})";

  static Description described(SdpType type, const std::string& certificate) {
    return {.type = type, .sdp = "v=0\r\na=ice-ufrag:u\r\na=fingerprint:sha-256 " + certificate + "\r\n"};
  }

  SessionVerificationTest() { session = Session(room_with_entropy()); }

  /// Is offered to and answers: descriptions of both are in force.
  void negotiate(const std::string& id, const std::string& their_certificate = "BB") {
    const std::string offer = R"({"type":"offer","sdp":"v=0\r\na=ice-ufrag:u\r\na=fingerprint:sha-256 )" +
                              their_certificate + R"("})";
    (void)hear(R"("type":"signal","from":")" + id + R"(","description":)" + offer +
               R"(,"link":{"connection":9,"negotiation":1,"slots":{}})");
    (void)tell(input::RemoteDescriptionApplied{.connection = connection_of(id)});
    (void)tell(input::LocalDescription{
        .connection = connection_of(id), .description = described(SdpType::answer, "AA"), .slots = {}});
  }

  Outputs greet(const std::string& id, const std::string& text) {
    Outputs outputs = tell(input::ChannelOpened{.connection = connection_of(id)});
    for (Output& output : tell(input::ChannelMessage{.connection = connection_of(id), .text = text})) {
      outputs.push_back(std::move(output));
    }
    return outputs;
  }

  VerificationInfo verification_of(const std::string& id) {
    for (const PeerSnapshot& snapshot : session.snapshot().peers) {
      if (snapshot.info.id == id) return snapshot.verification;
    }
    ADD_FAILURE() << id << " is not in the room";
    return {};
  }
};

TEST_F(SessionVerificationTest, both_can_and_the_one_whose_id_comes_first_commits) {
  connect_with("z");
  negotiate("z");
  const auto said = all<output::SendChannel>(greet("z", greeting));
  ASSERT_EQ(said.size(), 2U);
  EXPECT_NE(said[0].text.find(R"("verify":1)"), std::string::npos) << said[0].text;
  EXPECT_NE(said[1].text.find(R"("step":"commit")"), std::string::npos) << said[1].text;
  (void)tell(input::ChannelMessage{
      .connection = connection_of("z"),
      .text = R"({"type":"verify","step":"nonce","value":")" + std::string(64, 'a') + R"("})"});
  EXPECT_EQ(verification_of("z").state, VerificationState::unverified);
  const auto changed = only<output::VerificationChanged>(tell(input::Compared{.peer = "z", .same = true}));
  EXPECT_EQ(changed.peer, "z");
  EXPECT_EQ(changed.verification.state, VerificationState::verified);
}

TEST_F(SessionVerificationTest, a_channel_may_open_before_the_answer_is_said_to_be_applied) {
  connect();
  (void)welcome();
  (void)hear(R"("type":"peer-joined","peer":)" + peer("z"));
  (void)tell(input::LocalDescription{
      .connection = connection_of("z"), .description = described(SdpType::offer, "AA"), .slots = {}});
  (void)hear(R"("type":"signal","from":"z","description":{"type":"answer","sdp":"a=fingerprint:sha-256 BB"},)"
             R"("link":{"connection":9,"negotiation":1,"slots":{}})");
  EXPECT_EQ(count<output::SendChannel>(greet("z", greeting)), 2U) << "a greeting and a commitment";
  (void)tell(input::RemoteDescriptionApplied{.connection = connection_of("z")});
  EXPECT_EQ(verification_of("z").state, VerificationState::pending);
  (void)tell(input::ChannelMessage{
      .connection = connection_of("z"),
      .text = R"({"type":"verify","step":"nonce","value":")" + std::string(64, 'a') + R"("})"});
  EXPECT_EQ(verification_of("z").state, VerificationState::unverified);
}

TEST_F(SessionVerificationTest, the_one_whose_id_comes_last_waits) {
  connect_with("a");
  negotiate("a");
  EXPECT_EQ(count<output::SendChannel>(greet("a", greeting)), 1U) << "a greeting alone";
  EXPECT_EQ(verification_of("a").state, VerificationState::pending);
}

TEST_F(SessionVerificationTest, an_older_client_cannot) {
  connect_with("z");
  negotiate("z");
  EXPECT_EQ(count<output::SendChannel>(greet("z", old_greeting)), 1U);
  EXPECT_EQ(verification_of("z").state, VerificationState::unavailable);
  EXPECT_EQ(verification_of("z").reason.code, "older-client");
}

TEST_F(SessionVerificationTest, a_foreign_client_cannot) {
  connect();
  const Outputs outputs = welcome(R"({"id":"f","name":"f","incarnation":"","dialect":"fastapi"})");
  EXPECT_EQ(only<output::VerificationChanged>(outputs).verification.reason.code, "foreign-client");
}

TEST_F(SessionVerificationTest, an_application_without_entropy_does_not_say_that_it_can) {
  session = Session(room());
  connect_with("z");
  negotiate("z");
  const auto said = only<output::SendChannel>(greet("z", greeting));
  EXPECT_EQ(said.text.find("verify"), std::string::npos) << said.text;
  EXPECT_EQ(verification_of("z").reason.code, "no-entropy");
}

TEST_F(SessionVerificationTest, another_key_in_the_middle_of_a_call_is_a_failure) {
  connect_with("z");
  negotiate("z");
  (void)greet("z", greeting);
  negotiate("z", "bb");
  EXPECT_EQ(verification_of("z").state, VerificationState::pending) << "the same key, written otherwise";
  negotiate("z", "CC");
  EXPECT_EQ(verification_of("z").state, VerificationState::failed);
  EXPECT_EQ(verification_of("z").reason.code, "key-changed");
}

TEST_F(SessionVerificationTest, where_there_is_nothing_to_compare_it_is_an_error) {
  connect_with("z");
  EXPECT_EQ(only<output::ErrorRaised>(tell(input::Compared{.peer = "z", .same = true})).reason.code,
            "nothing-to-compare");
  EXPECT_EQ(only<output::ErrorRaised>(tell(input::Compared{.peer = "q", .same = true})).reason.code,
            "no-such-peer");
  EXPECT_EQ(tell(input::KeyRecalled{.peer = "q", .key = "k"}).size(), 0U);
}

}  // namespace
}  // namespace parley

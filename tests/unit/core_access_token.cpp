#include "core/access_token.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "core_directory_test.hpp"
#include "core_session_test.hpp"

namespace parley {
namespace {

using std::chrono::seconds;

const std::string renew_second = R"({"type":"renew","token":"second"})";

std::string token_error(const std::string& code, const std::string& re = "") {
  const std::string about = re.empty() ? "" : R"(,"re":")" + re + '"';
  return R"({"type":"error","code":")" + code + R"(","message":"No.")" + about + "}";
}

/// The token that a join or a register shows.
std::string token_in(const std::string& text) {
  const auto values = parse_object(text);
  return values ? find_text(values->front(), "token", "none") : "no JSON";
}

/// A session that has joined, or is going to, with the token "first".
class SessionWithToken : public SessionTest {
 protected:
  SessionWithToken() {
    Config config = room();
    config.token = "first";
    session = Session(config);
  }

  /// What the host says without a number.
  Outputs say(const std::string& text) { return tell(input::SocketMessage{.socket = socket, .text = text}); }
  Outputs renew(const std::string& token) { return tell(input::Renew{.token = token}); }

  /// The token of the next join.
  std::string shown() {
    while (session.snapshot().signaling == "waiting") wake();
    return token_in(only_sent(tell(input::SocketOpened{.socket = socket})));
  }

  [[nodiscard]] std::string state() const {
    return session.snapshot().signaling + ' ' + session.snapshot().reason.code;
  }
};

TEST_F(SessionWithToken, each_join_shows_the_token) {
  (void)tell(input::Join{});
  EXPECT_EQ(shown(), "first");
  (void)welcome();
  lose_socket();
  EXPECT_EQ(shown(), "first");
}

TEST_F(SessionWithToken, a_newer_token_goes_out_at_once_in_the_room_and_with_later_joins) {
  connect();
  (void)welcome();
  EXPECT_EQ(sent(renew("second")), Strings{renew_second});
  EXPECT_TRUE(say(R"({"type":"renewed","seconds":3600})").empty());
  lose_socket();
  EXPECT_EQ(shown(), "second");
}

TEST_F(SessionWithToken, a_newer_token_waits_for_the_next_join_while_the_socket_is_lost) {
  connect();
  (void)welcome();
  lose_socket();
  EXPECT_TRUE(renew("second").empty());
  EXPECT_EQ(shown(), "second");
  EXPECT_TRUE(sent(resumed()).empty()) << "the host knows it already";
}

TEST_F(SessionWithToken, a_newer_token_given_before_joining_or_after_leaving_is_kept_for_it) {
  EXPECT_TRUE(sent(renew("second")).empty());
  (void)tell(input::Join{});
  EXPECT_EQ(shown(), "second");
  (void)welcome();
  (void)tell(input::Leave{});
  EXPECT_TRUE(renew("third").empty());
  (void)tell(input::Join{});
  EXPECT_EQ(shown(), "third");
}

TEST_F(SessionWithToken, a_newer_token_given_while_joining_follows_the_welcome) {
  connect();
  EXPECT_TRUE(renew("second").empty());
  EXPECT_EQ(sent(welcome()), Strings{renew_second});
}

TEST_F(SessionWithToken, a_join_that_is_refused_is_tried_again_with_a_token_given_meanwhile) {
  connect();
  (void)renew("second");
  EXPECT_EQ(count<output::ErrorRaised>(say(token_error("token-expired", "join"))), 0U);
  EXPECT_EQ(state(), "waiting token-expired");
  EXPECT_EQ(shown(), "second");
  EXPECT_EQ(only<output::ErrorRaised>(say(token_error("token-expired", "join"))).reason.code,
            "token-expired");
  EXPECT_EQ(state(), "closed token-expired");
  EXPECT_FALSE(session.next_timeout());
}

TEST_F(SessionWithToken, a_renewal_that_is_refused_leaves_the_stay_with_the_token_before) {
  connect_with("a");
  (void)renew("second");
  const Outputs outputs = say(token_error("token-room", "renew"));
  EXPECT_EQ(only<output::ErrorRaised>(outputs).reason.code, "token-room");
  EXPECT_EQ(state(), "joined connected");
  EXPECT_EQ(peers(), Strings{"a"});
  lose_socket();
  EXPECT_EQ(shown(), "first");
}

TEST_F(SessionWithToken, of_two_renewals_each_answer_is_about_its_own) {
  connect();
  (void)welcome();
  (void)renew("second");
  (void)renew("third");
  (void)say(R"({"type":"renewed","seconds":3600})");
  (void)say(token_error("token-signature", "renew"));
  lose_socket();
  EXPECT_EQ(shown(), "second");
}

TEST_F(SessionWithToken, a_renewal_that_was_too_fast_is_not_the_token_s_fault) {
  connect();
  (void)welcome();
  (void)renew("second");
  (void)say(token_error("too-fast", "renew"));
  lose_socket();
  EXPECT_EQ(shown(), "second");
}

TEST_F(SessionWithToken, a_token_larger_than_the_host_takes_is_an_error_and_not_kept) {
  connect();
  (void)welcome();
  const Outputs outputs = renew(std::string(limits.host_bytes, 'x'));
  EXPECT_EQ(only<output::ErrorRaised>(outputs).reason.code, "message-too-big");
  EXPECT_TRUE(sent(outputs).empty());
  lose_socket();
  EXPECT_EQ(shown(), "first");
}

TEST_F(SessionWithToken, that_the_token_ends_soon_is_told) {
  connect();
  (void)welcome();
  EXPECT_EQ(only<output::TokenEnds>(say(R"({"type":"token-ends","seconds":60})")).left, seconds(60));
}

TEST_F(SessionWithToken, when_its_token_has_ended_the_stay_is_over) {
  connect_with("a");
  const Outputs outputs = say(token_error("token-expired"));
  const auto change = only<output::StateChanged>(outputs);
  EXPECT_EQ(change.state, LinkState::lost);
  EXPECT_EQ(change.reason, (Reason{.code = "token-expired", .message = "No."}));
  EXPECT_EQ(count<output::ErrorRaised>(outputs), 0U);
  EXPECT_EQ(count<output::ClosePeer>(outputs), 1U);
  EXPECT_EQ(peers(), Strings{});
  (void)tell(input::SocketClosed{.socket = socket, .code = 1008, .reason = {}});
  EXPECT_EQ(state(), "closed token-expired");
  EXPECT_FALSE(session.next_timeout());
}

TEST_F(SessionWithToken, after_its_end_a_newer_token_begins_another_stay) {
  connect();
  (void)welcome();
  (void)say(token_error("token-expired"));
  EXPECT_TRUE(renew("second").empty());
  EXPECT_EQ(count<output::OpenSocket>(tell(input::Retry{})), 1U);
  const std::string join = only_sent(tell(input::SocketOpened{.socket = socket}));
  EXPECT_EQ(token_in(join), "second");
  EXPECT_EQ(join.find("resume"), std::string::npos) << "the host has ended that session";
  EXPECT_EQ(count<output::Joined>(welcome()), 1U);
}

TEST_F(SessionWithToken, a_renewal_that_crosses_the_end_lets_it_come_back) {
  connect_with("a");
  (void)renew("second");
  EXPECT_EQ(count<output::ClosePeer>(say(token_error("token-expired"))), 0U);
  EXPECT_EQ(state(), "waiting token-expired");
  EXPECT_EQ(shown(), "second");
  EXPECT_EQ(count<output::CreatePeer>(welcome(peer("a"))), 0U) << "media did not stop";
  EXPECT_EQ(peers(), Strings{"a"});
}

TEST_F(SessionWithToken, who_may_not_come_back_keeps_no_connections) {
  connect_with("a");
  lose_socket();
  EXPECT_EQ(shown(), "first");
  EXPECT_EQ(count<output::ClosePeer>(say(token_error("token-room", "join"))), 1U);
  EXPECT_EQ(state(), "closed token-room");
  EXPECT_EQ(peers(), Strings{});
}

TEST_F(SessionTest, who_a_member_is_comes_from_the_host) {
  connect();
  const Outputs outputs = welcome(peer("a", "i", R"(,"identity":"ada@example.org")") + "," + peer("b"));
  const auto joined = all<output::PeerJoined>(outputs);
  ASSERT_EQ(joined.size(), 2U);
  EXPECT_EQ(joined.front().peer.identity, "ada@example.org");
  EXPECT_EQ(joined.back().peer.identity, "");
  const Outputs later =
      hear(R"("type":"peer-updated","peer":)" + peer("b", "i", R"(,"identity":"bob@example.org")"));
  EXPECT_EQ(only<output::PeerUpdated>(later).peer.identity, "bob@example.org");
}

/// Ada's directory with the token "first".
class DirectoryWithToken : public DirectoryTest {
 protected:
  DirectoryWithToken() : DirectoryTest("first") {}

  void renew(const std::string& token) {
    (void)drain(outputs);
    tell(input::Renew{.token = token});
  }

  /// The token of the next registration.
  std::string shown() {
    while (directory.snapshot().signaling == "waiting") {
      now = *directory.next_timeout();
      tell(input::Timeout{});
    }
    (void)drain(outputs);
    tell(input::SocketOpened{.socket = socket});
    return token_in(only_sent(drain(outputs)));
  }

  [[nodiscard]] std::string socket_state() const {
    return directory.snapshot().signaling + ' ' + directory.snapshot().reason.code;
  }
};

TEST_F(DirectoryWithToken, a_newer_token_goes_out_at_once_while_online_and_with_later_registrations) {
  tell(input::Register{});
  EXPECT_EQ(shown(), "first");
  renew("second");
  EXPECT_TRUE(outputs.empty());
  welcome();
  EXPECT_EQ(sent(drain(outputs)), Texts{renew_second});
  hear(R"({"type":"renewed","seconds":3600})");
  renew("third");
  EXPECT_EQ(sent(drain(outputs)), Texts{R"({"type":"renew","token":"third"})"});
  lose_socket();
  EXPECT_EQ(shown(), "third");
}

TEST_F(DirectoryWithToken, a_renewal_that_is_refused_leaves_it_online_with_the_token_before) {
  go_online();
  renew("second");
  (void)drain(outputs);
  hear(token_error("token-right", "renew"));
  EXPECT_EQ(only<output::ErrorRaised>(drain(outputs)).reason.code, "token-right");
  EXPECT_EQ(socket_state(), "joined online");
  lose_socket();
  EXPECT_EQ(shown(), "first");
}

TEST_F(DirectoryWithToken, that_the_token_ends_soon_is_told) {
  go_online();
  hear(R"({"type":"token-ends","seconds":59})");
  EXPECT_EQ(only<output::TokenEnds>(outputs).left, seconds(59));
}

TEST_F(DirectoryWithToken, it_is_offline_when_its_token_has_ended) {
  go_online();
  hear(token_error("token-expired"));
  EXPECT_EQ(only<output::StateChanged>(outputs).state, LinkState::lost);
  EXPECT_EQ(socket_state(), "closed token-expired");
  EXPECT_FALSE(directory.next_timeout());
  renew("second");
  EXPECT_TRUE(outputs.empty());
  tell(input::Retry{});
  EXPECT_EQ(shown(), "second");
}

TEST_F(DirectoryWithToken, a_renewal_that_crosses_the_end_lets_it_come_back) {
  go_online();
  renew("second");
  hear(token_error("token-expired"));
  EXPECT_EQ(socket_state(), "waiting token-expired");
  EXPECT_EQ(shown(), "second");
}

TEST_F(DirectoryWithToken, a_registration_that_is_refused_is_tried_again_with_a_token_given_meanwhile) {
  tell(input::Register{});
  EXPECT_EQ(shown(), "first");
  renew("second");
  hear(token_error("token-signature", "register"));
  EXPECT_EQ(shown(), "second");
  hear(token_error("token-signature", "register"));
  EXPECT_EQ(socket_state(), "closed token-signature");
  EXPECT_FALSE(directory.next_timeout());
}

TEST_F(DirectoryWithToken, a_token_larger_than_the_host_takes_is_an_error) {
  go_online();
  renew(std::string(limits.host_bytes, 'x'));
  EXPECT_EQ(only<output::ErrorRaised>(outputs).reason.code, "message-too-big");
  EXPECT_TRUE(sent(outputs).empty());
}

}  // namespace
}  // namespace parley

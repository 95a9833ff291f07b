#include "core/session.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core_session_test.hpp"

namespace parley {
namespace {

// Joining.

TEST_F(SessionTest, it_joins_the_room_and_says_so_once) {
  connect();
  const Outputs outputs = welcome();
  EXPECT_EQ(only<output::Joined>(outputs).self, "m");
  EXPECT_EQ(session.snapshot().self, "m");
  EXPECT_EQ(session.snapshot().room, "r");
  lose_socket();
  reconnect();
  EXPECT_EQ(count<output::Joined>(welcome()), 0U);
}

TEST_F(SessionTest, before_it_is_told_anything_it_does_nothing) {
  EXPECT_FALSE(session.poll());
  EXPECT_FALSE(session.next_timeout());
  EXPECT_EQ(session.snapshot().signaling, "idle");
}

/// A session with the secrets of its embedder.
class SessionWithSecrets : public SessionTest {
 protected:
  SessionWithSecrets() {
    Config config = room();
    config.secret = "ours";
    config.former = "of the page before";
    session = Session(config);
  }

  std::string introduction() {
    while (session.snapshot().signaling == "waiting") wake();
    return only_sent(tell(input::SocketOpened{.socket = socket}));
  }
};

TEST_F(SessionWithSecrets, each_join_shows_the_secret_and_the_first_one_that_of_the_page_before) {
  (void)tell(input::Join{});
  const std::string both = R"("secret":"ours","former":"of the page before")";
  EXPECT_NE(introduction().find(both), std::string::npos);
  lose_socket();
  EXPECT_NE(introduction().find(both), std::string::npos) << "it was not let in yet";
  (void)welcome();
  lose_socket();
  const std::string later = introduction();
  EXPECT_NE(later.find(R"("secret":"ours")"), std::string::npos);
  EXPECT_EQ(later.find("former"), std::string::npos) << "whoever is that page now is another tab";
}

TEST_F(SessionTest, without_a_secret_it_makes_one_of_its_seed) {
  (void)tell(input::Join{});
  const std::string join = only_sent(tell(input::SocketOpened{.socket = socket}));
  EXPECT_NE(join.find(R"("secret":")"), std::string::npos);
  lose_socket();
  while (session.snapshot().signaling == "waiting") wake();
  EXPECT_EQ(only_sent(tell(input::SocketOpened{.socket = socket})), join);
}

TEST_F(SessionTest, the_host_says_as_whom_the_others_see_it) {
  EXPECT_EQ(session.snapshot().incarnation, "");
  connect();
  (void)welcome("", "m", "as seen");
  EXPECT_EQ(session.snapshot().incarnation, "as seen");
  lose_socket();
  EXPECT_EQ(session.snapshot().incarnation, "as seen");
}

TEST_F(SessionTest, a_full_room_is_a_clear_error_and_not_tried_again) {
  connect();
  const Outputs outputs = tell(input::SocketMessage{
      .socket = socket,
      .text =
          R"({"type":"error","code":"room-full","message":"This room is full (16 people).","re":"join"})"});
  EXPECT_EQ(only<output::ErrorRaised>(outputs).reason.code, "room-full");
  EXPECT_EQ(only<output::StateChanged>(outputs).state, LinkState::lost);
  EXPECT_EQ(only<output::StateChanged>(outputs).reason.message, "This room is full (16 people).");
  EXPECT_FALSE(session.next_timeout());
}

TEST_F(SessionTest, a_full_room_can_be_tried_again) {
  connect();
  (void)tell(
      input::SocketMessage{.socket = socket, .text = R"({"type":"error","code":"room-full","re":"join"})"});
  EXPECT_EQ(count<output::OpenSocket>(tell(input::Retry{})), 1U);
  (void)tell(input::SocketOpened{.socket = socket});
  EXPECT_EQ(count<output::Joined>(welcome()), 1U);
}

// Who is here.

TEST_F(SessionTest, those_who_are_there_are_met_and_waited_for) {
  connect();
  const Outputs outputs = welcome(peer("a") + "," + peer("z"));
  EXPECT_EQ(count<output::PeerJoined>(outputs), 2U);
  EXPECT_EQ(count<output::CreatePeer>(outputs), 2U);
  EXPECT_EQ(count<output::SetLocalDescription>(outputs), 0U);
  EXPECT_EQ(peers(), (Strings{"a", "z"}));
  EXPECT_EQ(count<output::SetLocalDescription>(advance(limits.offer_patience)), 2U) << "they did not offer";
}

TEST_F(SessionTest, who_comes_later_is_offered_to_at_once) {
  connect();
  (void)welcome(peer("a"));
  const Outputs outputs = hear(R"("type":"peer-joined","peer":)" + peer("z"));
  EXPECT_EQ(only<output::PeerJoined>(outputs).peer.id, "z");
  EXPECT_EQ(only<output::CreatePeer>(outputs).peer, "z");
  EXPECT_EQ(count<output::SetLocalDescription>(outputs), 1U);
}

TEST_F(SessionTest, the_host_s_ice_servers_are_used_unless_the_embedder_has_its_own) {
  connect();
  EXPECT_EQ(only<output::CreatePeer>(welcome(peer("a"))).ice_servers,
            (std::vector<IceServer>{{.urls = {"stun:host"}, .username = "", .credential = ""}}));
  Config config = room();
  config.ice_servers = {{.urls = {"turn:own"}, .username = "u", .credential = "c"}};
  session = Session(config);
  connect();
  EXPECT_EQ(only<output::CreatePeer>(welcome(peer("a"))).ice_servers, config.ice_servers);
}

TEST_F(SessionTest, newer_ice_servers_are_for_connections_that_are_there_and_for_those_to_come) {
  connect();
  const auto connection = only<output::CreatePeer>(welcome(peer("a"))).connection;
  const std::string newer =
      R"("type":"ice-servers","iceServers":[{"urls":"turn:b","username":"u","credential":"c"}])";
  const std::vector<IceServer> expected{{.urls = {"turn:b"}, .username = "u", .credential = "c"}};
  const Outputs outputs = hear(newer);
  EXPECT_EQ(only<output::SetIceServers>(outputs).connection, connection);
  EXPECT_EQ(only<output::SetIceServers>(outputs).ice_servers, expected);
  EXPECT_EQ(count<output::SetIceServers>(hear(newer)), 0U) << "the same again";
  EXPECT_EQ(only<output::CreatePeer>(hear(R"("type":"peer-joined","peer":)" + peer("z"))).ice_servers,
            expected);
}

TEST_F(SessionTest, the_embedder_s_ice_servers_are_never_replaced) {
  Config config = room();
  config.ice_servers = {{.urls = {"turn:own"}, .username = "u", .credential = "c"}};
  session = Session(config);
  connect();
  (void)welcome(peer("a"));
  EXPECT_EQ(count<output::SetIceServers>(hear(R"("type":"ice-servers","iceServers":[{"urls":"turn:b"}])")),
            0U);
}

TEST_F(SessionTest, oneself_in_the_roster_is_nobody) {
  connect();
  (void)welcome(peer("m") + "," + peer("a"));
  (void)hear(R"("type":"peer-joined","peer":)" + peer("m"));
  EXPECT_EQ(peers(), Strings{"a"});
}

/// Whether this side, named m, gives way to that peer when both offer.
class Politeness : public SessionTest {
 protected:
  bool polite_towards(const std::string& id, const std::string& dialect) {
    connect();
    (void)welcome();
    (void)hear(R"("type":"peer-joined","peer":{"id":")" + id + R"(","incarnation":"i","dialect":")" +
               dialect + "\"}");
    const ConnectionId connection = connection_of(id);
    (void)tell(input::LocalDescription{
        .connection = connection, .description = {.type = SdpType::offer, .sdp = "v=0"}, .slots = {}});
    const Outputs outputs =
        hear(R"("type":"signal","from":")" + id +
             R"(","description":{"type":"offer","sdp":"v=0"},"link":{"connection":9,"negotiation":1})");
    return count<output::SetRemoteDescription>(outputs) == 1;
  }
};

TEST_F(Politeness, of_two_the_one_with_the_greater_id_is_polite) {
  EXPECT_TRUE(polite_towards("a", "parley"));
}

TEST_F(Politeness, and_the_one_with_the_lesser_id_is_not) {
  EXPECT_FALSE(polite_towards("z", "parley"));
}

TEST_F(Politeness, towards_foreign_clients_which_know_no_politeness_it_is_always_polite) {
  EXPECT_TRUE(polite_towards("z", "peerjs"));
}

TEST_F(SessionTest, who_leaves_is_gone) {
  connect_with("a");
  const ConnectionId connection = connection_of("a");
  const Outputs outputs = hear(R"("type":"peer-left","id":"a","reason":"left")");
  EXPECT_EQ(only<output::PeerLeft>(outputs).reason, "left");
  EXPECT_EQ(only<output::ClosePeer>(outputs).connection, connection);
  EXPECT_EQ(peers(), Strings{});
  EXPECT_EQ(tell(input::NegotiationNeeded{.connection = connection}).size(), 0U);
}

TEST_F(SessionTest, a_reloaded_page_is_somebody_new) {
  connect_with("a");
  const ConnectionId old = connection_of("a");
  const Outputs outputs = hear(R"("type":"peer-joined","peer":)" + peer("a", "another"));
  EXPECT_EQ(only<output::PeerLeft>(outputs).reason, "replaced");
  EXPECT_EQ(only<output::ClosePeer>(outputs).connection, old);
  EXPECT_EQ(only<output::PeerJoined>(outputs).peer.incarnation, "another");
}

TEST_F(SessionTest, away_back_and_a_new_name_are_told) {
  connect_with("a");
  EXPECT_TRUE(only<output::PeerUpdated>(hear(R"("type":"peer-away","id":"a")")).peer.away);
  EXPECT_FALSE(only<output::PeerUpdated>(hear(R"("type":"peer-back","id":"a")")).peer.away);
  const Outputs outputs = hear(R"("type":"peer-updated","peer":)" + peer("a", "i", R"(,"meta":{"k":1})"));
  EXPECT_EQ(only<output::PeerUpdated>(outputs).peer.meta, R"({"k":1})");
}

TEST_F(SessionTest, news_of_strangers_is_ignored) {
  connect();
  (void)welcome();
  for (const char* fields :
       {R"("type":"peer-left","id":"x")", R"("type":"peer-away","id":"x")", R"("type":"peer-back","id":"x")",
        R"("type":"peer-updated","peer":{"id":"x"})", R"("type":"signal","from":"x","candidate":{})"}) {
    EXPECT_EQ(hear(fields).size(), 0U) << fields;
  }
}

// Leaving.

TEST_F(SessionTest, leaving_closes_everything_and_wakes_nobody_any_more) {
  connect_with("a");
  const Outputs outputs = tell(input::Leave{});
  EXPECT_EQ(count<output::ClosePeer>(outputs), 1U);
  EXPECT_EQ(count<output::CloseSocket>(outputs), 1U);
  EXPECT_EQ(only<output::PeerLeft>(outputs).reason, "you-left");
  EXPECT_EQ(only<output::StateChanged>(outputs).reason.code, "left");
  EXPECT_EQ(peers(), Strings{});
  EXPECT_FALSE(session.next_timeout());
}

TEST_F(SessionTest, who_left_can_join_again) {
  connect_with("a");
  (void)tell(input::Leave{});
  connect();
  EXPECT_EQ(count<output::Joined>(welcome(peer("a"))), 1U);
  EXPECT_EQ(peers(), Strings{"a"});
}

TEST_F(SessionTest, joining_and_leaving_many_times_leaves_nothing_behind) {
  for (int i = 0; i < 1'000; ++i) {
    connect();
    (void)welcome(peer("a") + "," + peer("z"));
    (void)tell(input::Leave{});
  }
  EXPECT_TRUE(session.snapshot().peers.empty());
  EXPECT_FALSE(session.next_timeout());
}

// What is always true.

TEST_F(SessionTest, inputs_about_what_is_no_more_are_ignored) {
  connect_with("a");
  const ConnectionId gone = connection_of("a");
  (void)hear(R"("type":"peer-left","id":"a","reason":"left")");
  for (const Input& input : std::vector<Input>{
           input::NegotiationNeeded{.connection = gone},
           input::LocalDescription{.connection = gone, .description = {}, .slots = {}},
           input::LocalDescriptionFailed{.connection = gone, .error = "x"},
           input::RemoteDescriptionApplied{.connection = gone},
           input::RemoteDescriptionFailed{.connection = gone, .error = "x"},
           input::LocalCandidate{.connection = gone, .candidate = {}},
           input::CandidateFailed{.connection = gone, .error = "x"},
           input::SignalingStateChanged{.connection = gone, .state = SignalingState::closed},
           input::IceGatheringStateChanged{.connection = gone, .state = IceGatheringState::complete},
           input::IceConnectionStateChanged{.connection = gone, .state = IceConnectionState::closed},
           input::ConnectionStateChanged{.connection = gone, .state = PeerConnectionState::failed},
           input::TrackAdded{.connection = gone, .mid = "0", .kind = MediaKind::audio},
           input::ChannelOpened{.connection = gone},
           input::ChannelClosed{.connection = gone},
           input::ChannelMessage{.connection = gone, .text = "x"},
           input::SocketOpened{.socket = 99},
           input::SocketMessage{.socket = 99, .text = "x"},
           input::SocketClosed{.socket = 99, .code = 1006, .reason = {}},
       }) {
    EXPECT_EQ(tell(input).size(), 0U) << "input " << input.index();
  }
}

TEST_F(SessionTest, a_timeout_that_comes_too_early_does_nothing) {
  connect_with("a");
  EXPECT_EQ(tell(input::Timeout{}).size(), 0U);
}

TEST_F(SessionTest, an_hour_of_silence_from_all_sides_wakes_it_a_bounded_number_of_times) {
  connect();
  (void)welcome(peer("a") + "," + peer("z"));
  (void)advance(Duration{3'600'000});
  EXPECT_NE(session.snapshot().signaling, "joined") << "the host never answered again";
}

TEST_F(SessionTest, a_moved_session_goes_on_where_it_was) {
  connect_with("a");
  Session moved = std::move(session);
  session = std::move(moved);
  EXPECT_EQ(peers(), Strings{"a"});
  EXPECT_EQ(count<output::RestartIce>(change("a", PeerConnectionState::failed)), 1U);
}

}  // namespace
}  // namespace parley

#include "core/link.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/limits.hpp"
#include "core_outputs.hpp"

namespace parley {
namespace {

constexpr std::uint32_t remote_tag = 200;

Description described(SdpType type, const std::string& ufrag = "theirs") {
  return {.type = type, .sdp = "v=0\r\na=ice-ufrag:" + ufrag + "\r\n"};
}

/// A link to bob over a transport that has joined.
class LinkTest : public testing::Test {
 protected:
  LinkTest() {
    transport.start(now);
    transport.opened(1, now);
    (void)transport.received(1, R"({"type":"joined","room":"r","self":"a","session":"s"})", now);
    (void)drain(outputs);
  }

  static PeerInfo bob() {
    return {.id = "bob", .name = "Bob", .meta = "{}", .incarnation = "i", .dialect = "parley", .away = false};
  }

  /// The tag by which the peer knows our connection of the moment.
  std::uint32_t our_tag(Link& link) {
    (void)drain(outputs);
    link.on(
        input::LocalDescription{
            .connection = link.connection(), .description = described(SdpType::offer, "ours"), .slots = {}},
        now);
    const std::string text = only_sent(drain(outputs));
    const std::string field = R"("link":{"connection":)";
    const std::size_t at = text.find(field);
    EXPECT_NE(at, std::string::npos) << text;
    return static_cast<std::uint32_t>(std::stoul(text.substr(at + field.size())));
  }

  void receive(Link& link, std::variant<Description, Candidate> body, std::uint32_t from,
               std::optional<std::uint32_t> to, std::uint32_t number = 1) {
    link.receive(
        {.peer = "bob",
         .body = std::move(body),
         .link = wire::LinkTag{.connection = from, .remote = to, .negotiation = number, .slots = {}}},
        now);
  }

  void change(Link& link, PeerConnectionState state) {
    link.on(input::ConnectionStateChanged{.connection = link.connection(), .state = state}, now);
  }

  /// Offers, is answered and connects.
  std::uint32_t connect(Link& link) {
    const std::uint32_t tag = our_tag(link);
    receive(link, described(SdpType::answer), remote_tag, tag);
    link.on(input::RemoteDescriptionApplied{.connection = link.connection()}, now);
    change(link, PeerConnectionState::connected);
    (void)drain(outputs);
    return tag;
  }

  Instant now = start;
  Random random{1};
  Outputs outputs;
  Transport transport{{.url = "",
                       .join = {.room = "r",
                                .name = "",
                                .meta = "{}",
                                .secret = "i",
                                .former = std::nullopt,
                                .peer = std::nullopt,
                                .token = std::nullopt,
                                .resume = std::nullopt},
                       .chosen_peer = false},
                      random,
                      outputs};
  LinkContext context{.outputs = outputs,
                      .random = random,
                      .transport = transport,
                      .slots = {},
                      .ice_servers = {{.urls = {"stun:a"}, .username = "", .credential = ""}},
                      .presence = {}};
};

constexpr bool is_impolite = false;
constexpr bool is_polite = true;
constexpr bool offers = false;
constexpr bool waits = true;

TEST_F(LinkTest, a_new_link_creates_a_connection_with_the_ice_servers_of_the_room) {
  const Link link(bob(), is_impolite, offers, context, now);
  const auto create = only<output::CreatePeer>(drain(outputs));
  EXPECT_EQ(create.peer, "bob");
  EXPECT_EQ(create.connection, link.connection());
  EXPECT_EQ(create.ice_servers, context.ice_servers);
}

TEST_F(LinkTest, every_connection_has_a_handle_of_its_own) {
  const Link one(bob(), is_impolite, offers, context, now);
  const Link other(bob(), is_impolite, offers, context, now);
  EXPECT_NE(one.connection(), other.connection());
}

TEST_F(LinkTest, a_signal_for_another_connection_of_ours_is_dropped) {
  Link link(bob(), is_polite, offers, context, now);
  const std::uint32_t tag = our_tag(link);
  receive(link, described(SdpType::answer), remote_tag, tag + 1);
  EXPECT_EQ(drain(outputs).size(), 0U);
}

TEST_F(LinkTest, a_candidate_of_a_connection_that_was_never_described_is_dropped) {
  Link link(bob(), is_polite, waits, context, now);
  (void)drain(outputs);
  receive(link, Candidate{}, 999, std::nullopt);
  receive(link, described(SdpType::offer), remote_tag, std::nullopt);
  EXPECT_EQ(count<output::SetRemoteDescription>(outputs), 1U);
  link.on(input::RemoteDescriptionApplied{.connection = link.connection()}, now);
  EXPECT_EQ(count<output::AddCandidate>(drain(outputs)), 0U);
}

TEST_F(LinkTest, an_offer_from_a_fresh_connection_of_the_peer_s_gets_a_fresh_one_of_ours) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)connect(link);
  const ConnectionId old = link.connection();
  receive(link, described(SdpType::offer), 201, std::nullopt);
  const Outputs said = drain(outputs);
  EXPECT_EQ(only<output::ClosePeer>(said).connection, old);
  EXPECT_EQ(only<output::CreatePeer>(said).connection, link.connection());
  EXPECT_EQ(only<output::SetRemoteDescription>(said).connection, link.connection());
  EXPECT_NE(link.connection(), old);
}

TEST_F(LinkTest, an_answer_from_an_unknown_connection_is_dropped) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)connect(link);
  receive(link, described(SdpType::answer), 201, std::nullopt);
  EXPECT_EQ(drain(outputs).size(), 0U);
}

TEST_F(LinkTest, two_connections_that_each_took_another_for_theirs_are_both_made_anew) {
  Link link(bob(), is_impolite, offers, context, now);
  const std::uint32_t tag = connect(link);
  const ConnectionId old = link.connection();
  receive(link, described(SdpType::offer), 201, tag);
  const Outputs said = drain(outputs);
  EXPECT_EQ(only<output::ClosePeer>(said).connection, old);
  EXPECT_EQ(count<output::SetLocalDescription>(said), 1U) << "ours offers, and theirs follows it";
}

TEST_F(LinkTest, stragglers_of_connections_that_are_no_more_are_dropped) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)connect(link);
  receive(link, described(SdpType::offer), 201, std::nullopt);
  (void)drain(outputs);
  receive(link, described(SdpType::offer), remote_tag, std::nullopt);
  receive(link, Candidate{}, remote_tag, std::nullopt);
  EXPECT_EQ(drain(outputs).size(), 0U);
}

TEST_F(LinkTest, a_bounded_number_of_old_connections_is_remembered) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)connect(link);
  for (std::uint32_t i = 0; i <= limits.retired; ++i) {
    receive(link, described(SdpType::offer), 300 + i, std::nullopt);
  }
  (void)drain(outputs);
  receive(link, described(SdpType::offer), 300, std::nullopt);
  EXPECT_EQ(drain(outputs).size(), 0U) << "still remembered";
  receive(link, described(SdpType::offer), remote_tag, std::nullopt);
  EXPECT_EQ(count<output::CreatePeer>(drain(outputs)), 1U) << "forgotten, so it counts as fresh";
}

TEST_F(LinkTest, who_says_which_connection_of_ours_it_means_is_no_straggler) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)our_tag(link);
  receive(link, described(SdpType::offer), remote_tag, std::nullopt);  // a collision: ignored, but now known
  link.on(input::LocalDescriptionFailed{.connection = link.connection(), .error = "x"}, now);
  (void)drain(outputs);
  const std::uint32_t fresh = our_tag(link);
  receive(link, described(SdpType::answer), remote_tag, fresh);
  EXPECT_EQ(count<output::SetRemoteDescription>(drain(outputs)), 1U);
}

TEST_F(LinkTest, failed_ice_is_restarted_and_after_that_the_connection_rebuilt) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)connect(link);
  for (int i = 0; i < limits.restarts; ++i) {
    change(link, PeerConnectionState::failed);
    EXPECT_EQ(count<output::RestartIce>(drain(outputs)), 1U);
  }
  change(link, PeerConnectionState::failed);
  const Outputs said = drain(outputs);
  EXPECT_EQ(count<output::ClosePeer>(said), 1U);
  EXPECT_EQ(count<output::CreatePeer>(said), 1U);
  EXPECT_EQ(link.snapshot().rebuilds, 1);
}

TEST_F(LinkTest, a_description_that_the_browser_cannot_make_is_an_error_and_mended_by_a_fresh_connection) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)drain(outputs);
  link.on(input::LocalDescriptionFailed{.connection = link.connection(), .error = "OperationError"}, now);
  const Outputs said = drain(outputs);
  EXPECT_EQ(only<output::ErrorRaised>(said).reason.code, "local-description-failed");
  EXPECT_EQ(only<output::ErrorRaised>(said).peer, "bob");
  EXPECT_EQ(count<output::CreatePeer>(said), 1U);
}

TEST_F(LinkTest, descriptions_that_always_fail_end_in_loss_and_not_in_a_loop) {
  Link link(bob(), is_impolite, offers, context, now);
  for (int i = 0; i < 10; ++i) {
    link.on(input::LocalDescriptionFailed{.connection = link.connection(), .error = "x"}, now);
  }
  EXPECT_EQ(link.connectivity().state(), LinkState::lost);
  EXPECT_EQ(link.connectivity().reason().code, "local-description-failed");
  EXPECT_EQ(count<output::CreatePeer>(drain(outputs)), 1U + static_cast<std::size_t>(limits.rebuilds));
}

TEST_F(LinkTest, a_peer_whose_offers_the_browser_refuses_is_lost_for_that_and_not_for_its_network) {
  Link link(bob(), is_impolite, waits, context, now);
  while (link.connectivity().state() != LinkState::lost) {
    receive(link, described(SdpType::offer), remote_tag, std::nullopt);
    link.on(input::RemoteDescriptionFailed{.connection = link.connection(), .error = "Error: No codecs"},
            now);
    const Deadline next = link.next_timeout();
    ASSERT_TRUE(next);
    link.timeout(now = *next);
  }
  EXPECT_EQ(link.connectivity().reason().code, "remote-description-failed");
  EXPECT_NE(link.connectivity().reason().message.find("Error: No codecs"), std::string::npos);
}

TEST_F(LinkTest, an_error_that_quotes_a_whole_description_is_shortened_between_two_characters) {
  Link link(bob(), is_impolite, waits, context, now);
  (void)drain(outputs);
  std::string error;
  while (error.size() < 100'000) error += "x€";
  link.on(input::CandidateFailed{.connection = link.connection(), .error = error}, now);
  const std::string message = only<output::ErrorRaised>(drain(outputs)).reason.message;
  EXPECT_LT(message.size(), limits.error_bytes + 100);
  EXPECT_NE(message.find("x€ …"), std::string::npos) << message;
}

TEST_F(LinkTest, after_a_refused_description_the_next_connection_takes_a_peer_without_bundle) {
  Link link(bob(), is_impolite, offers, context, now);
  EXPECT_EQ(only<output::CreatePeer>(outputs).bundle, BundlePolicy::max_bundle);
  const std::uint32_t tag = our_tag(link);
  receive(link, described(SdpType::answer), remote_tag, tag);
  (void)drain(outputs);
  link.on(input::RemoteDescriptionFailed{.connection = link.connection(), .error = "no BUNDLE"}, now);
  EXPECT_EQ(only<output::CreatePeer>(drain(outputs)).bundle, BundlePolicy::balanced);
}

TEST_F(LinkTest, a_garbage_offer_harms_a_connection_that_works_in_no_way) {
  Link link(bob(), is_impolite, offers, context, now);
  const std::uint32_t tag = connect(link);
  receive(link, {Description{.type = SdpType::offer, .sdp = "garbage"}}, remote_tag, tag, 2);
  (void)drain(outputs);
  link.on(input::RemoteDescriptionFailed{.connection = link.connection(), .error = "SyntaxError"}, now);
  const Outputs said = drain(outputs);
  EXPECT_EQ(only<output::ErrorRaised>(said).reason.code, "remote-description-failed");
  EXPECT_EQ(count<output::ClosePeer>(said), 0U);
  EXPECT_EQ(link.connectivity().state(), LinkState::connected);
}

TEST_F(LinkTest, a_refused_candidate_is_an_error_and_nothing_else) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)connect(link);
  link.on(input::CandidateFailed{.connection = link.connection(), .error = "OperationError"}, now);
  const Outputs said = drain(outputs);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(only<output::ErrorRaised>(said).reason.code, "candidate-refused");
}

TEST_F(LinkTest, every_state_of_the_connection_is_in_the_snapshot_with_its_time) {
  Link link(bob(), is_impolite, offers, context, now);
  const ConnectionId id = link.connection();
  link.announce(now);
  now += Duration{5};
  link.on(input::SignalingStateChanged{.connection = id, .state = SignalingState::have_local_offer}, now);
  link.on(input::IceGatheringStateChanged{.connection = id, .state = IceGatheringState::gathering}, now);
  now += Duration{5};
  link.on(input::IceConnectionStateChanged{.connection = id, .state = IceConnectionState::checking}, now);
  link.on(input::ConnectionStateChanged{.connection = id, .state = PeerConnectionState::connecting}, now);
  const PeerSnapshot snapshot = link.snapshot();
  EXPECT_EQ(snapshot.info, bob());
  EXPECT_EQ(snapshot.connection, id);
  EXPECT_EQ(snapshot.signaling, SignalingState::have_local_offer);
  EXPECT_EQ(snapshot.gathering, IceGatheringState::gathering);
  EXPECT_EQ(snapshot.ice, IceConnectionState::checking);
  EXPECT_EQ(snapshot.peer_connection, PeerConnectionState::connecting);
  EXPECT_FALSE(snapshot.channel_open);
  const std::vector<StateChange> expected{
      {.at = start, .field = "state", .value = "connecting"},
      {.at = start + Duration{5}, .field = "signalingState", .value = "have-local-offer"},
      {.at = start + Duration{5}, .field = "iceGatheringState", .value = "gathering"},
      {.at = start + Duration{10}, .field = "iceConnectionState", .value = "checking"},
      {.at = start + Duration{10}, .field = "connectionState", .value = "connecting"},
  };
  EXPECT_EQ(snapshot.timeline, expected);
}

TEST_F(LinkTest, the_timeline_is_bounded_and_keeps_the_latest) {
  Link link(bob(), is_impolite, offers, context, now);
  for (int i = 0; i < 1'000; ++i) {
    now += Duration{1};
    link.on(input::IceConnectionStateChanged{.connection = link.connection(),
                                             .state = IceConnectionState::checking},
            now);
  }
  const auto timeline = link.snapshot().timeline;
  EXPECT_EQ(timeline.size(), limits.timeline);
  EXPECT_EQ(timeline.back().at, now);
}

TEST_F(LinkTest, a_fresh_connection_starts_with_fresh_states_and_the_same_timeline) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)connect(link);
  link.on(input::IceConnectionStateChanged{.connection = link.connection(),
                                           .state = IceConnectionState::connected},
          now);
  receive(link, described(SdpType::offer), 201, std::nullopt);
  const PeerSnapshot snapshot = link.snapshot();
  EXPECT_EQ(snapshot.ice, IceConnectionState::fresh);
  EXPECT_EQ(snapshot.peer_connection, PeerConnectionState::fresh);
  EXPECT_EQ(snapshot.state, LinkState::reconnecting);
  EXPECT_EQ(snapshot.timeline.back().value, "fresh-connection");
  EXPECT_GT(snapshot.timeline.size(), 1U);
}

TEST_F(LinkTest, a_state_is_announced_once_and_again_only_when_it_or_its_reason_changes) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)drain(outputs);
  link.announce(now);
  link.announce(now);
  EXPECT_EQ(only<output::PeerStateChanged>(drain(outputs)).state, LinkState::connecting);
  change(link, PeerConnectionState::disconnected);
  link.announce(now);
  EXPECT_EQ(only<output::PeerStateChanged>(drain(outputs)).reason.code, "ice-disconnected");
  change(link, PeerConnectionState::failed);
  (void)drain(outputs);
  link.announce(now);
  EXPECT_EQ(only<output::PeerStateChanged>(drain(outputs)).reason.code, "ice-restart");
}

TEST_F(LinkTest, a_screen_that_its_peer_may_not_share_starts_once_it_may) {
  context.share = Whom::moderators;
  Link link(bob(), is_impolite, waits, context, now);
  link.receive({.peer = "bob",
                .body = described(SdpType::offer),
                .link = wire::LinkTag{.connection = remote_tag,
                                      .remote = std::nullopt,
                                      .negotiation = 1,
                                      .slots = {{"0", "camera"}, {"1", "screen"}}}},
               now);
  for (const char* mid : {"0", "1"}) {
    link.on(input::TrackAdded{.connection = link.connection(), .mid = mid, .kind = MediaKind::video}, now);
  }
  EXPECT_EQ(only<output::TrackStarted>(drain(outputs)).slot, "camera");
  PeerInfo moderator = bob();
  moderator.moderator = true;
  link.update(moderator);
  EXPECT_EQ(only<output::TrackStarted>(drain(outputs)).slot, "screen");
  link.review_share();
  EXPECT_TRUE(outputs.empty()) << "and that once";
}

TEST_F(LinkTest, the_peer_s_media_starts_under_the_name_of_its_slot) {
  Link link(bob(), is_impolite, waits, context, now);
  link.receive({.peer = "bob",
                .body = described(SdpType::offer),
                .link = wire::LinkTag{.connection = remote_tag,
                                      .remote = std::nullopt,
                                      .negotiation = 1,
                                      .slots = {{"0", "screen"}}}},
               now);
  link.on(input::TrackAdded{.connection = link.connection(), .mid = "0", .kind = MediaKind::video}, now);
  const auto track = only<output::TrackStarted>(drain(outputs));
  EXPECT_EQ(track.peer, "bob");
  EXPECT_EQ(track.slot, "screen");
  EXPECT_EQ(track.mid, "0");
  EXPECT_EQ(track.connection, link.connection());
}

TEST_F(LinkTest, a_closed_channel_leads_to_a_fresh_connection) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)connect(link);
  link.on(input::ChannelOpened{.connection = link.connection()}, now);
  EXPECT_TRUE(link.snapshot().channel_open);
  link.on(input::ChannelClosed{.connection = link.connection()}, now);
  EXPECT_FALSE(link.snapshot().channel_open);
  (void)drain(outputs);
  link.timeout(now + limits.disconnected_grace);
  EXPECT_EQ(count<output::CreatePeer>(drain(outputs)), 1U);
}

TEST_F(LinkTest, trying_a_lost_peer_again_makes_a_fresh_connection_that_offers_at_once) {
  Link link(bob(), is_impolite, offers, context, now);
  while (const Deadline next = link.next_timeout()) link.timeout(now = *next);
  ASSERT_EQ(link.connectivity().state(), LinkState::lost);
  (void)drain(outputs);
  link.retry(now);
  const Outputs said = drain(outputs);
  EXPECT_EQ(count<output::ClosePeer>(said), 1U);
  EXPECT_EQ(count<output::CreatePeer>(said), 1U);
  EXPECT_EQ(count<output::SetLocalDescription>(said), 1U);
}

TEST_F(LinkTest, a_connection_that_works_is_left_alone_by_a_recovery) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)connect(link);
  link.recover();
  EXPECT_EQ(drain(outputs).size(), 0U);
}

TEST_F(LinkTest, a_recovery_repeats_an_offer_that_the_host_may_have_forgotten) {
  Link link(bob(), is_impolite, offers, context, now);
  (void)our_tag(link);
  link.recover();
  EXPECT_NE(only_sent(drain(outputs)).find(R"("type":"offer")"), std::string::npos);
}

}  // namespace
}  // namespace parley

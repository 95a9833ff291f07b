#include <gtest/gtest.h>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;
using command::Audience;
using command::SignalKind;

command::Signal to_partner(SignalKind kind, std::string_view payload) {
  return {.audience = Audience::partner, .kind = kind, .payload = PooledString(payload)};
}

/// A publisher, and the host's media gateway.
class HubGateway : public testing::Test {
 protected:
  explicit HubGateway(Limits limits = {}) : world(Config{.limits = limits, .gateway = true, .seed = 7}) {}

  void publish() {
    world.connect(sim, Dialect::sim);
    world.say(sim, command::Join{.room = "12345", .peer = "12345"});
  }
  void offer(std::string_view sdp = "{}") {
    world.say(sim, to_partner(SignalKind::offer, sdp), 0, 0, "offer");
  }
  void candidate(std::string_view text = "{}") { world.say(sim, to_partner(SignalKind::candidate, text)); }

  void sit(ConnectionId id = gateway) {
    world.connect(id, Dialect::parley, Role::gateway);
    world.say(id, command::Join{.room = "12345"}, 0, 0, "join");
  }

  /// The publisher has offered, the gateway has come; both have read what they were told.
  void stream() {
    publish();
    offer();
    sit();
    world.forget();
  }

  static constexpr ConnectionId sim = 1;
  static constexpr ConnectionId gateway = 2;
  static constexpr ConnectionId viewer = 3;
  World world;
};

// What waits.

TEST_F(HubGateway, is_wanted_with_the_first_offer_and_not_before) {
  publish();
  candidate();
  EXPECT_EQ(world.streams(), Lines{});
  offer();
  EXPECT_EQ(world.streams(), Lines{"wanted 12345"});
  offer();
  EXPECT_EQ(world.streams(), Lines{}) << "it is on its way";
}

TEST_F(HubGateway, hears_all_that_was_said_since_the_last_offer_in_order_once_it_has_come) {
  publish();
  candidate("{0}");
  offer("{1}");
  candidate("{2}");
  offer("{3}");
  candidate("{4}");
  candidate("{5}");
  sit();
  EXPECT_EQ(world.heard(gateway), (Lines{"joined gateway [12345]", "#1 signal 12345 description {3}",
                                         "#2 signal 12345 candidate {4}", "#3 signal 12345 candidate {5}"}));
  candidate("{6}");
  offer("{7}");
  EXPECT_EQ(world.heard(gateway),
            (Lines{"#4 signal 12345 candidate {6}", "#5 signal 12345 description {7}"}));
  EXPECT_EQ(world.heard(sim), Lines{"joined 12345 []"});
}

TEST_F(HubGateway, an_offer_before_a_join_joins_and_waits_for_it) {
  world.connect(sim, Dialect::sim);
  auto first = to_partner(SignalKind::offer, "{}");
  first.enter = "12345";
  world.say(sim, first);
  sit();
  EXPECT_EQ(world.heard(gateway), (Lines{"joined gateway [12345]", "#1 signal 12345 description {}"}));
}

TEST_F(HubGateway, that_does_not_come_is_told_to_the_publisher_and_its_next_offer_wants_it_anew) {
  publish();
  offer();
  world.forget();
  world.pass(Limits{}.gateway_patience - 1ms);
  EXPECT_EQ(world.heard(sim), Lines{});
  world.pass(1ms);
  EXPECT_EQ(world.heard(sim), Lines{"error gateway-unavailable re offer"});
  EXPECT_EQ(world.streams(), Lines{"lost 12345"});
  EXPECT_EQ(world.hub.next_timeout(), std::nullopt);
  sit();
  EXPECT_EQ(world.heard(gateway), Lines{"error nobody-to-stream-to re join"}) << "it is too late";
  offer();
  EXPECT_EQ(world.streams(), Lines{"wanted 12345"});
}

class HubGatewayLimits : public HubGateway {
 protected:
  HubGatewayLimits() : HubGateway(Limits{.waiting_signals = 3, .waiting_bytes = 12}) {}
};

TEST_F(HubGatewayLimits, no_more_waits_for_it_than_these_say) {
  publish();
  offer("{}");
  for (int i = 0; i < 3; ++i) candidate("{}");
  EXPECT_EQ(world.heard(sim), (Lines{"joined 12345 []", "error gateway-unavailable"}));
  offer("{23456789}");
  candidate("{2}");
  EXPECT_EQ(world.heard(sim), Lines{"error gateway-unavailable"});
  candidate("{}");
  sit();
  EXPECT_EQ(world.heard(gateway), (Lines{"joined gateway [12345]", "#1 signal 12345 description {23456789}",
                                         "#2 signal 12345 candidate {}"}));
}

class HubGatewayOfOne : public HubGateway {
 protected:
  HubGatewayOfOne() : HubGateway(Limits{.streams = 1}) {}

  void another_offers() { world.say(another, to_partner(SignalKind::offer, "{}"), 0, 0, "offer"); }

  static constexpr ConnectionId another = 9;
};

TEST_F(HubGatewayOfOne, takes_no_more_streams_than_that_waiting_or_not) {
  world.connect(another, Dialect::sim);
  world.say(another, command::Join{.room = "99999", .peer = "99999"});
  publish();
  offer();
  world.forget();
  another_offers();
  EXPECT_EQ(world.heard(another), Lines{"error too-many-streams re offer"});
  sit();
  another_offers();
  EXPECT_EQ(world.heard(another), Lines{"error too-many-streams re offer"});
  offer();
  EXPECT_EQ(world.heard(sim), Lines{}) << "who streams goes on";
  EXPECT_EQ(world.streams(), Lines{});
  world.say(sim, command::Leave{});
  another_offers();
  EXPECT_EQ(world.heard(another), Lines{});
  EXPECT_EQ(world.streams(), (Lines{"left 12345", "wanted 99999"}));
}

class HubGatewayPlaces : public testing::Test {
 protected:
  static constexpr std::size_t places = 16;  // of which 4 for those that do not flow yet
  static constexpr std::size_t of_address = 2;

  HubGatewayPlaces()
      : world(Config{.limits = Limits{.streams = places, .pending_streams_per_address = of_address},
                     .gateway = true,
                     .seed = 7}) {}

  static std::string sim(ConnectionId id) { return std::to_string(10'000 + id); }

  /// A publisher that offers from there; whether it may.
  bool offers(ConnectionId id, const std::string& address) {
    world.connect(id, Dialect::sim, Role::client, address);
    world.say(id, command::Join{.room = sim(id), .peer = sim(id)});
    return offers_again(id);
  }
  bool offers_again(ConnectionId id) {
    (void)world.heard(id);
    world.say(id, to_partner(SignalKind::offer, "{}"), 0, 0, "offer");
    const auto heard = world.heard(id);
    EXPECT_TRUE(heard.empty() || heard == Lines{"error too-many-streams re offer"});
    return heard.empty();
  }
  void sit(ConnectionId id) {
    world.connect(gateway_of(id), Dialect::parley, Role::gateway);
    world.say(gateway_of(id), command::Join{.room = sim(id)}, 0, 0, "join");
  }
  void flow(ConnectionId id) { world.say(gateway_of(id), command::Flows{}); }
  static ConnectionId gateway_of(ConnectionId id) { return 1'000 + id; }

  World world;
};

TEST_F(HubGatewayPlaces, no_more_than_a_quarter_wait_to_flow) {
  for (ConnectionId id = 1; id <= 4; ++id) EXPECT_TRUE(offers(id, std::to_string(id))) << id;
  EXPECT_FALSE(offers(5, "5"));
  for (ConnectionId id = 1; id <= 4; ++id) sit(id);
  EXPECT_FALSE(offers_again(5)) << "a gateway that has come is no media";
  flow(1);
  flow(1);
  EXPECT_TRUE(offers_again(5));
  EXPECT_FALSE(offers(6, "6"));
}

TEST_F(HubGatewayPlaces, all_are_for_streams_that_flow) {
  for (ConnectionId id = 1; id <= places; ++id) {
    EXPECT_TRUE(offers(id, std::to_string(id))) << id;
    sit(id);
    flow(id);
  }
  EXPECT_FALSE(offers(99, "99"));
  world.say(3, command::Leave{});
  EXPECT_TRUE(offers_again(99));
}

TEST_F(HubGatewayPlaces, one_address_has_a_part_of_those_that_wait) {
  EXPECT_TRUE(offers(1, "192.0.2.1"));
  EXPECT_TRUE(offers(2, "192.0.2.1"));
  EXPECT_FALSE(offers(3, "192.0.2.1"));
  EXPECT_TRUE(offers(4, "192.0.2.2"));
  sit(1);
  flow(1);
  EXPECT_TRUE(offers_again(3)) << "what flows is not counted";
}

TEST_F(HubGatewayPlaces, who_goes_makes_place_however_it_goes) {
  const auto fill = [&] { return offers(1, "a") && offers(2, "a") && !offers(3, "a"); };
  ASSERT_TRUE(fill());
  world.say(1, command::Leave{});
  EXPECT_TRUE(offers_again(3)) << "who left while waiting";
  world.drop(2);
  EXPECT_TRUE(offers(4, "a")) << "who was lost while waiting";
  sit(3);
  world.drop(gateway_of(3));
  EXPECT_TRUE(offers(5, "a")) << "whose gateway was lost";
  sit(4);
  world.say(4, command::Leave{});
  EXPECT_TRUE(offers(6, "a")) << "who left before it flowed";
  EXPECT_FALSE(offers(7, "a"));
  world.pass(Limits{}.gateway_patience);
  EXPECT_TRUE(offers_again(7)) << "whom no gateway came for";
}

// The seat.

TEST_F(HubGateway, is_seen_counted_and_told_to_nobody) {
  world.connect(viewer, Dialect::fastapi);
  world.say(viewer, command::Join{.room = "12345", .peer = "viewer"});
  publish();
  world.forget();
  offer();
  sit();
  EXPECT_EQ(world.heard(viewer), Lines{});
  EXPECT_EQ(world.heard(gateway), (Lines{"joined gateway [12345]", "#1 signal 12345 description {}"}))
      << "and sees the publisher alone";
  EXPECT_EQ(roster(world.hub.members("12345")), "[viewer 12345(streams)]");
  EXPECT_EQ(world.hub.totals().members, 2U);
  EXPECT_EQ(world.hub.totals().connections, 2U);

  world.join(9, "12345", "gateway");
  EXPECT_EQ(world.heard(9), Lines{"joined gateway [viewer 12345(streams)]"})
      << "anybody else may have that id";
  world.signal(viewer, "gateway", "{}");
  EXPECT_EQ(world.heard(9), Lines{"#1 signal viewer description {}"});
  world.drop(viewer);
  EXPECT_EQ(world.heard(gateway), Lines{});
}

TEST_F(HubGateway, that_takes_its_stream_shows_in_how_the_others_see_a_publisher) {
  world.join(viewer, "12345", "viewer");
  publish();
  EXPECT_EQ(world.heard(viewer), (Lines{"joined viewer []", "#1 peer-joined 12345(streams)"}));
  world.join(9, "12345", "another");
  EXPECT_EQ(world.heard(9), Lines{"joined another [viewer 12345(streams)]"});
  EXPECT_EQ(world.heard(sim), (Lines{"joined 12345 [viewer]", "peer-joined another"}))
      << "whoever only watches does not stream";
}

TEST_F(HubGateway, that_there_is_not_leaves_a_publisher_to_be_connected_with) {
  World without;
  without.join(viewer, "12345", "viewer");
  without.connect(sim, Dialect::sim);
  without.say(sim, command::Join{.room = "12345", .peer = "12345"});
  EXPECT_EQ(without.heard(viewer), (Lines{"joined viewer []", "#1 peer-joined 12345"}));
}

TEST_F(HubGateway, alone_is_whom_the_publisher_hears) {
  world.connect(viewer, Dialect::fastapi);
  world.say(viewer, command::Join{.room = "12345", .peer = "viewer"});
  stream();
  for (const Audience audience : {Audience::member, Audience::others}) {
    world.say(viewer, command::Signal{.to = audience == Audience::member ? "12345" : "",
                                      .audience = audience,
                                      .kind = SignalKind::candidate,
                                      .payload = PooledString("{}")});
  }
  EXPECT_EQ(world.heard(sim), Lines{});
  world.signal(gateway, "12345", "{}", 1);
  EXPECT_EQ(world.heard(sim), Lines{"signal gateway description {}"});
}

TEST_F(HubGateway, signals_to_the_publisher_alone) {
  stream();
  world.signal(gateway, "somebody", "{}");
  EXPECT_EQ(world.heard(gateway), Lines{"error no-such-peer re signal"});
  world.say(gateway, command::Update{.name = "x"});
  world.say(gateway, command::Register{.name = "x", .user_id = "x"});
  EXPECT_EQ(world.heard(gateway), Lines{}) << "and has nothing else to say";
}

TEST_F(HubGateway, is_answered_and_acknowledged_as_any_other_client_of_its_protocol) {
  stream();
  world.say(gateway, command::Ping{});
  EXPECT_EQ(world.heard(gateway), Lines{"pong"});
  world.signal(gateway, "12345", "{}", 1);
  world.pass(2s);
  EXPECT_EQ(world.acks(gateway), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(world.heard(gateway), Lines{"ack"});
}

TEST_F(HubGateway, is_no_client_however_much_it_says) {
  stream();
  for (int i = 0; i < 5'000; ++i) world.say(gateway, command::Ping{});
  EXPECT_EQ(world.heard(gateway), Lines(5'000, "pong"));
}

TEST_F(HubGateway, takes_one_seat_and_only_where_it_is_wanted) {
  sit();
  EXPECT_EQ(world.heard(gateway), Lines{"error nobody-to-stream-to re join"}) << "there is no such room";
  publish();
  offer();
  sit(8);
  world.forget();
  sit(9);
  EXPECT_EQ(world.heard(9), Lines{"error nobody-to-stream-to re join"});
  candidate();
  EXPECT_EQ(world.heard(8), Lines{"#2 signal 12345 candidate {}"});
}

TEST_F(HubGateway, a_client_cannot_claim_to_be_it) {
  publish();
  offer();
  world.forget();
  world.join(9, "12345", "gateway");
  EXPECT_EQ(roster(world.hub.members("12345")), "[12345(streams) gateway]");
  candidate();
  EXPECT_EQ(world.heard(9), Lines{"joined gateway [12345(streams)]"});
  world.say(9, command::Report{.code = ErrorCode::disk_full, .sentence = "no"});
  EXPECT_EQ(world.heard(sim), Lines{"peer-joined gateway"});
}

TEST_F(HubGateway, a_second_publisher_is_refused) {
  stream();
  world.connect(9, Dialect::whip);
  world.say(9, command::Join{.room = "12345", .peer = "12345"});
  EXPECT_EQ(world.heard(9), (Lines{"error peer-taken", "close 1008"}));
  EXPECT_EQ(world.heard(gateway), Lines{});
}

TEST_F(HubGateway, what_it_reports_is_for_the_publisher) {
  stream();
  world.say(gateway, command::Report{.code = ErrorCode::transcoded, .sentence = "VP8 is transcoded."});
  EXPECT_EQ(world.heard(sim), Lines{"error transcoded re offer"});
}

// The end.

TEST_F(HubGateway, ends_with_a_publisher_that_leaves) {
  stream();
  world.say(sim, command::Leave{});
  EXPECT_EQ(world.streams(), Lines{"left 12345"});
  EXPECT_EQ(world.heard(gateway), Lines{});
  EXPECT_FALSE(world.hub.has_room("12345"));
  world.signal(gateway, "12345", "{}");
  EXPECT_EQ(world.heard(gateway), Lines{}) << "it could not know";
  world.drop(gateway);
  EXPECT_EQ(world.streams(), Lines{});
}

TEST_F(HubGateway, lets_go_of_a_publisher_whose_socket_is_lost_who_may_be_back) {
  stream();
  world.drop(sim);
  EXPECT_EQ(world.streams(), Lines{"lost 12345"});
  publish();
  offer();
  EXPECT_EQ(world.streams(), Lines{"wanted 12345"});
}

TEST_F(HubGateway, is_not_wanted_any_more_when_the_publisher_has_gone_meanwhile) {
  publish();
  offer();
  world.say(sim, command::Leave{});
  EXPECT_EQ(world.streams(), (Lines{"wanted 12345", "left 12345"}));
  publish();
  offer();
  world.drop(sim);
  EXPECT_EQ(world.streams(), (Lines{"wanted 12345", "lost 12345"}));
  EXPECT_EQ(world.hub.next_timeout(), std::nullopt);
}

TEST_F(HubGateway, that_is_lost_is_told_to_the_publisher_and_its_next_offer_wants_it_anew) {
  stream();
  world.drop(gateway);
  EXPECT_EQ(world.heard(sim), Lines{"error gateway-lost re offer"});
  EXPECT_EQ(world.streams(), Lines{"lost 12345"});
  candidate();
  EXPECT_EQ(world.heard(sim), Lines{}) << "it was told";
  offer();
  EXPECT_EQ(world.streams(), Lines{"wanted 12345"});
  sit(9);
  EXPECT_EQ(world.heard(9), (Lines{"joined gateway [12345]", "#1 signal 12345 description {}"}));
}

TEST_F(HubGateway, that_lets_go_is_lost) {
  stream();
  world.say(gateway, command::Leave{});
  EXPECT_EQ(world.heard(sim), Lines{"error gateway-lost re offer"});
  EXPECT_EQ(world.heard(gateway), Lines{});
}

TEST_F(HubGateway, an_application_that_clears_the_room_ends_the_stream) {
  stream();
  Outcome out;
  EXPECT_EQ(world.hub.clear("12345", out), 1U);
  EXPECT_EQ(out.streams.size(), 1U);
  EXPECT_FALSE(world.hub.has_room("12345"));
}

}  // namespace
}  // namespace parley::hub

#include <gtest/gtest.h>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

TEST(HubDelivery, a_message_whose_number_was_seen_before_is_dropped) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.signal(1, "bob", "{}", 1);
  world.signal(1, "bob", "{}", 1);
  world.signal(1, "bob", "{}", 2);
  EXPECT_EQ(world.heard(2),
            (Lines{"joined bob [ada]", "#1 signal ada description {}", "#2 signal ada description {}"}));
}

TEST(HubDelivery, messages_without_a_number_are_all_taken) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.signal(1, "bob", "{}");
  world.signal(1, "bob", "{}");
  EXPECT_EQ(world.heard(2).size(), 2U);
  EXPECT_EQ(world.hub.next_timeout(), std::nullopt) << "nothing is owed for them";
}

TEST(HubDelivery, an_acknowledgement_rides_on_the_next_event) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.signal(1, "bob", "{}", 1);
  world.signal(2, "ada", "{}", 1);
  EXPECT_EQ(world.acks(1), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(world.heard(1), (Lines{"#2 signal bob description {}"}));
  world.pass(10s);
  EXPECT_EQ(world.heard(1), Lines{}) << "and does not go again alone";
}

TEST(HubDelivery, an_acknowledgement_with_nothing_to_ride_on_goes_alone_after_a_second) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.signal(1, "bob", "{}", 1);
  world.pass(500ms);
  world.signal(1, "bob", "{}", 2);
  world.pass(499ms);
  EXPECT_EQ(world.heard(1), Lines{});
  world.pass(1ms);
  EXPECT_EQ(world.acks(1), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(world.heard(1), (Lines{"ack"}));
}

TEST(HubDelivery, an_acknowledgement_goes_alone_after_32_messages) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  for (std::uint64_t seq = 1; seq <= 64; ++seq) world.signal(1, "bob", "{}", seq);
  EXPECT_EQ(world.acks(1), (std::vector<std::uint64_t>{32, 64}));
  EXPECT_EQ(world.heard(1), (Lines{"ack", "ack"}));
}

TEST(HubDelivery, a_pong_carries_the_acknowledgement) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.signal(1, "bob", "{}", 1);
  world.say(1, command::Ping{});
  EXPECT_EQ(world.acks(1), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(world.heard(1), (Lines{"pong"}));
}

TEST(HubDelivery, nobody_is_sent_an_acknowledgement_after_leaving_or_while_away) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.signal(1, "bob", "{}", 1);
  world.drop(1);
  world.say(2, command::Leave{}, 1);
  world.pass(10s);
  EXPECT_EQ(world.heard(1), Lines{});
  EXPECT_EQ(world.heard(2).size(), 2U) << "the signal and peer-away alone";
}

TEST(HubDelivery, an_event_for_many_is_one_event) {
  World world;
  for (ConnectionId id = 1; id <= 3; ++id) world.join(id, "r", std::to_string(id));
  Outcome out;
  world.hub.handle(1, {.command = command::Update{.name = "One"}}, world.now, out);
  ASSERT_EQ(out.deliveries.size(), 2U);
  EXPECT_EQ(out.deliveries[0].event, out.deliveries[1].event);
}

TEST(HubDelivery, an_event_for_many_is_written_once_a_dialect) {
  const Event event(event::PeerAway{"ada"});
  int written = 0;
  const auto write = [&] { return std::to_string(++written); };
  EXPECT_EQ(event.encodings.in(Dialect::parley, write), "1");
  EXPECT_EQ(event.encodings.in(Dialect::parley, write), "1");
}

}  // namespace
}  // namespace parley::hub

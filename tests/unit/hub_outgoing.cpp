#include "hub/outgoing.hpp"

#include <gmock/gmock.h>

#include "hub_parts_world.hpp"

namespace parley::hub {
namespace {

using testing::ElementsAre;

std::shared_ptr<const Event> news() {
  return std::make_shared<const Event>(event::PeerBack{"bob"});
}

TEST(HubOutgoing, each_turn_writes_into_its_own_outcome) {
  PartsWorld world;
  Connection& ada = world.connect(1);
  Outcome other;
  world.outgoing.begin_turn(world.now, other);
  world.outgoing.answer(ada, news());
  EXPECT_EQ(other.deliveries.size(), 1U);
  EXPECT_TRUE(world.out.deliveries.empty());
}

TEST(HubOutgoing, an_acknowledgement_goes_with_whatever_is_told_next) {
  PartsWorld world;
  Session& ada = world.join(world.connect(1), "r", "ada");
  world.out.clear();
  ada.received = 7;
  world.outgoing.owe_ack(ada);
  EXPECT_EQ(world.outgoing.next_timeout(), world.now + world.config.limits.ack_delay);

  world.outgoing.tell(ada, news());
  ASSERT_EQ(world.out.deliveries.size(), 1U);
  EXPECT_EQ(world.out.deliveries.front().ack, 7U);
  EXPECT_EQ(world.outgoing.next_timeout(), std::nullopt);
}

TEST(HubOutgoing, an_acknowledgement_goes_alone_when_nothing_was_told_in_time) {
  PartsWorld world;
  Session& ada = world.join(world.connect(1), "r", "ada");
  world.out.clear();
  ada.received = 7;
  world.outgoing.owe_ack(ada);
  world.pass(world.config.limits.ack_delay);
  world.outgoing.expire();
  EXPECT_THAT(world.told(1), ElementsAre("ack"));
  EXPECT_EQ(world.outgoing.next_timeout(), std::nullopt);
}

TEST(HubOutgoing, a_member_that_missed_more_than_is_kept_is_doomed) {
  PartsWorld world({.replay_messages = 2});
  Session& ada = world.join(world.connect(1), "r", "ada");
  world.rooms.disconnected(ada, Parting::lost);
  world.outgoing.tell(ada, news());
  world.outgoing.tell(ada, news());
  EXPECT_EQ(world.outgoing.doomed(), nullptr);
  world.outgoing.tell(ada, news());
  world.outgoing.tell(ada, news());
  EXPECT_EQ(world.outgoing.doomed(), &ada);
  world.outgoing.forget(ada);
  EXPECT_EQ(world.outgoing.doomed(), nullptr) << "once doomed, however much it has missed";
}

}  // namespace
}  // namespace parley::hub

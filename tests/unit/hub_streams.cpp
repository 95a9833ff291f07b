#include "hub/streams.hpp"

#include <gmock/gmock.h>

#include "hub_parts_world.hpp"

namespace parley::hub {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class HubStreams : public testing::Test {
 protected:
  Done publish(command::SignalKind kind, const char* payload) {
    command::Signal signal{.kind = kind, .payload = payload};
    return world_.streams.publish(publisher_, signal);
  }

  std::vector<StreamChange::Kind> changes() const {
    std::vector<StreamChange::Kind> kinds;
    for (const StreamChange& change : world_.out.streams) kinds.push_back(change.kind);
    return kinds;
  }

  PartsWorld world_{Limits{.waiting_signals = 2}};
  Session& publisher_ = world_.join(world_.connect(1, Dialect::whip), "cam", "cam");
  Connection& gateway_ = world_.connect(9, Dialect::parley, Role::gateway);
};

TEST_F(HubStreams, what_a_publisher_says_waits_for_the_gateway) {
  EXPECT_TRUE(publish(command::SignalKind::offer, "{1}"));
  EXPECT_TRUE(publish(command::SignalKind::candidate, "{2}"));
  EXPECT_THAT(changes(), ElementsAre(StreamChange::Kind::wanted));
  EXPECT_TRUE(world_.streams.join(gateway_, publisher_.room));
  EXPECT_TRUE(publish(command::SignalKind::candidate, "{3}"));
  EXPECT_THAT(world_.told(9), ElementsAre("joined gateway [cam]", "#1 signal cam description {1}",
                                          "#2 signal cam candidate {2}", "#3 signal cam candidate {3}"));
  EXPECT_EQ(world_.streams.next_timeout(), std::nullopt);
}

TEST_F(HubStreams, a_new_offer_takes_the_place_of_all_that_waits) {
  EXPECT_TRUE(publish(command::SignalKind::offer, "{1}"));
  EXPECT_TRUE(publish(command::SignalKind::candidate, "{2}"));
  EXPECT_FALSE(publish(command::SignalKind::candidate, "{3}")) << "two signals may wait";
  EXPECT_TRUE(publish(command::SignalKind::offer, "{4}"));
  EXPECT_TRUE(world_.streams.join(gateway_, publisher_.room));
  EXPECT_THAT(world_.told(9), ElementsAre("joined gateway [cam]", "#1 signal cam description {4}"));
}

TEST_F(HubStreams, a_publisher_is_told_when_no_gateway_comes_in_time) {
  EXPECT_TRUE(publish(command::SignalKind::offer, "{1}"));
  world_.out.clear();
  EXPECT_EQ(world_.streams.next_timeout(), world_.now + world_.config.limits.gateway_patience);
  world_.pass(world_.config.limits.gateway_patience);
  world_.streams.expire();
  EXPECT_THAT(world_.told(1), ElementsAre("error gateway-unavailable re offer"));
  EXPECT_THAT(changes(), ElementsAre(StreamChange::Kind::lost));
  EXPECT_FALSE(world_.streams.join(gateway_, publisher_.room)) << "too late";
}

TEST_F(HubStreams, a_gateway_has_nobody_to_join_before_there_is_an_offer) {
  EXPECT_FALSE(world_.streams.join(gateway_, publisher_.room));
  EXPECT_FALSE(world_.streams.join(gateway_, nullptr));
  EXPECT_THAT(changes(), IsEmpty());
}

}  // namespace
}  // namespace parley::hub

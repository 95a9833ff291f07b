#include <gtest/gtest.h>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using command::Audience;
using command::Carries;

TEST(HubPublisher, who_only_offers_hears_the_candidates_of_those_alone_it_has_offered_to) {
  World world;
  const ConnectionId publisher = 1;
  const ConnectionId viewer = 2;
  world.hub.connected(publisher, Dialect::sim, world.now);
  world.hub.connected(viewer, Dialect::fastapi, world.now);
  world.say(publisher, command::Join{.room = "12345", .peer = "12345"});
  world.say(viewer, command::Join{.room = "12345", .peer = "viewer"});
  const command::Signal candidate{.to = "12345", .carries = Carries::candidate, .payload = CarriedText("{}")};
  auto to_all = candidate;
  to_all.to.clear();
  to_all.audience = Audience::others;
  (void)world.heard(publisher);

  world.say(viewer, candidate);
  world.say(viewer, to_all);
  EXPECT_EQ(world.heard(publisher), Lines{});

  world.say(publisher,
            command::Signal{
                .audience = Audience::partner, .carries = Carries::offer, .payload = CarriedText("{}")});
  world.say(viewer, candidate);
  world.say(viewer, to_all);
  EXPECT_EQ(world.heard(publisher), (Lines{"signal viewer candidate {}", "signal viewer candidate {}"}));
}

}  // namespace
}  // namespace parley::hub

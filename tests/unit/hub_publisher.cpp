#include <gtest/gtest.h>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using command::Audience;
using command::SignalKind;

/// A publisher and one viewer in a room without a media gateway.
class HubPublisher : public testing::Test {
 protected:
  HubPublisher() {
    world.connect(publisher, Dialect::sim);
    world.connect(viewer, Dialect::fastapi);
    world.say(publisher, command::Join{.room = "12345", .peer = "12345"});
    world.say(viewer, command::Join{.room = "12345", .peer = "viewer"});
    (void)heard();
  }

  void publish() {
    world.say(publisher,
              command::Signal{
                  .audience = Audience::partner, .kind = SignalKind::offer, .payload = PooledString("{}")});
  }

  /// To the publisher by its id, or to all others.
  void view(SignalKind kind, Audience audience = Audience::member) {
    world.say(viewer, command::Signal{.to = audience == Audience::member ? "12345" : "",
                                      .audience = audience,
                                      .kind = kind,
                                      .payload = PooledString("{}")});
  }

  /// By the publisher, since this was asked last.
  Lines heard() { return world.heard(publisher); }

  static constexpr ConnectionId publisher = 1;
  static constexpr ConnectionId viewer = 2;
  static constexpr std::string_view candidate = "signal viewer candidate {}";
  static constexpr std::string_view description = "signal viewer description {}";
  World world;
};

TEST_F(HubPublisher, who_only_offers_hears_the_candidates_of_those_alone_it_has_offered_to) {
  view(SignalKind::candidate);
  view(SignalKind::candidate, Audience::others);
  EXPECT_EQ(heard(), Lines{});

  publish();
  view(SignalKind::candidate);
  view(SignalKind::candidate, Audience::others);
  EXPECT_EQ(heard(), (Lines{std::string(candidate), std::string(candidate)}));
}

TEST_F(HubPublisher, the_candidates_of_an_offer_that_it_never_heard_are_not_for_it_either) {
  for (const Audience audience : {Audience::member, Audience::others}) {
    view(SignalKind::offer, audience);
    publish();
    view(SignalKind::candidate, audience);
    EXPECT_EQ(heard(), Lines{}) << "they are of the viewer's own offer, which crossed the publisher's";

    view(SignalKind::answer);
    view(SignalKind::candidate, audience);
    EXPECT_EQ(heard(), (Lines{std::string(description), std::string(candidate)}));
  }
}

}  // namespace
}  // namespace parley::hub

// Credentials for TURN servers, which end.

#include <gtest/gtest.h>

#include <string>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

/// Whose credentials last for an hour. Each is numbered, and names the address that it is for.
World with_relays() {
  Config config{.seed = 7};
  config.relay_lifetime = 1h;
  config.relay_for = [made = 0](std::string_view source) mutable {
    return IceServer{.urls = {"turn:a"}, .username = std::to_string(++made).append("@").append(source)};
  };
  return World(std::move(config));
}

Lines renewals(World& world, ConnectionId id) {
  Lines found;
  for (const std::string& line : world.heard(id))
    if (line.starts_with("ice-servers")) found.push_back(line);
  return found;
}

TEST(HubRelays, who_stays_gets_other_credentials_after_half_their_time) {
  World world = with_relays();
  world.join(1, "r", "ada");
  world.forget();
  world.pass(30min - 1ms);
  EXPECT_EQ(renewals(world, 1), Lines{});
  world.pass(1ms);
  EXPECT_EQ(renewals(world, 1), Lines{"ice-servers 1 2@"});
  world.pass(30min);
  EXPECT_EQ(renewals(world, 1), Lines{"ice-servers 1 3@"});
}

TEST(HubRelays, who_is_away_gets_them_when_it_resumes_and_from_then_on) {
  World world = with_relays();
  const std::string secret = world.join(1, "r", "ada");
  world.pass(29min);
  world.drop(1);
  world.pass(10s);
  world.forget();
  world.resume(2, "r", secret, 0);
  world.pass(20min);
  EXPECT_EQ(renewals(world, 2), Lines{}) << "they came with the resume";
  world.pass(10min);
  EXPECT_EQ(renewals(world, 2), Lines{"ice-servers 1 3@"});
}

TEST(HubRelays, who_has_left_or_speaks_another_protocol_gets_none) {
  World world = with_relays();
  world.join(1, "r", "ada");
  world.say(1, command::Leave{});
  world.connect(2, Dialect::fastapi);
  world.say(2, command::Join{.room = "r", .peer = "bob"});
  world.forget();
  world.pass(2h);
  EXPECT_EQ(renewals(world, 1), Lines{});
  EXPECT_EQ(renewals(world, 2), Lines{});
}

TEST(HubRelays, one_that_cannot_be_made_is_left_out) {
  Config config{.seed = 7};
  config.ice_servers = {{.urls = {"stun:a"}}};
  EXPECT_EQ(config.ice_servers_for("192.0.2.1").size(), 1U);
  config.relay_for = [](std::string_view) { return std::nullopt; };
  EXPECT_EQ(config.ice_servers_for("192.0.2.1").size(), 1U);
}

}  // namespace
}  // namespace parley::hub

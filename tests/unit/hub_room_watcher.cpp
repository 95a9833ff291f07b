#include <gmock/gmock.h>

#include "hub/rooms.hpp"
#include "hub_parts_world.hpp"

namespace parley::hub {
namespace {

using testing::ElementsAre;

/// Writes down who comes and goes, and has one member follow another.
class Watcher final : public RoomWatcher {
 public:
  void joined(const Session& newcomer) override { seen.push_back("+" + newcomer.member.id); }
  Session* leaving(const Session& session, LeaveReason /*reason*/) override {
    seen.push_back("-" + session.member.id);
    return std::exchange(follower, nullptr);
  }
  [[nodiscard]] bool expects(std::string_view /*room*/, std::string_view /*name*/) const override {
    return false;
  }

  Lines seen{};
  Session* follower = nullptr;
};

TEST(HubRoomWatcher, learns_of_members_that_come_and_go) {
  PartsWorld world;
  Watcher watcher;
  world.rooms.set_watcher(watcher);
  Session& ada = world.join(world.connect(1), "r", "ada");
  world.join(world.connect(2, Dialect::fastapi), "r", "bob");
  world.rooms.disconnected(*world.connections.find(2)->session, Parting::lost);
  world.rooms.disconnected(ada, Parting::lost);
  EXPECT_THAT(watcher.seen, ElementsAre("+ada", "+bob", "-bob")) << "ada is away, and still a member";
  world.pass(world.config.limits.resume_window);
  world.rooms.expire();
  EXPECT_THAT(watcher.seen, ElementsAre("+ada", "+bob", "-bob", "-ada"));
  EXPECT_EQ(world.rooms.find("r"), nullptr);
}

TEST(HubRoomWatcher, a_follower_leaves_after_its_member) {
  PartsWorld world;
  Watcher watcher;
  world.rooms.set_watcher(watcher);
  Session& ada = world.join(world.connect(1), "r", "ada");
  watcher.follower = &world.join(world.connect(2), "r", "bob");
  world.join(world.connect(3), "r", "cleo");
  world.out.clear();
  world.rooms.remove(ada, LeaveReason::left);
  EXPECT_THAT(world.told(3), ElementsAre("#1 peer-left ada left", "#2 peer-left bob left"));
}

TEST(HubRoomWatcher, hears_nothing_of_a_member_that_is_replaced) {
  PartsWorld world;
  Watcher watcher;
  world.rooms.set_watcher(watcher);
  Session& ada = world.join(world.connect(1), "r", "ada");
  world.rooms.evict(ada, LeaveReason::replaced);
  EXPECT_THAT(watcher.seen, ElementsAre("+ada"));
}

}  // namespace
}  // namespace parley::hub

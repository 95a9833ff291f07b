#include <gmock/gmock.h>

#include "hub/calls.hpp"
#include "hub_parts_world.hpp"

namespace parley::hub {
namespace {

using testing::ElementsAre;

/// Two users who join the room of a call by themselves.
class HubCallsAlone : public testing::Test {
 protected:
  HubCallsAlone() { world_.rooms.set_watcher(calls_); }

  User& add(ConnectionId id, const char* name) {
    Connection& connection = world_.connect(id);
    User& user = users_.add({.as = {.name = name, .id = ""},
                             .secret = std::string("secret of ") + name,
                             .connection = &connection,
                             .account = connection.account});
    connection.user = &user;
    return user;
  }

  PartsWorld world_;
  IdGenerator ids_{7};
  UserList users_;
  Presence presence_{world_.config, users_, world_.outgoing};
  Calls calls_{world_.config, ids_, users_, presence_, world_.rooms, world_.outgoing};
  User& ada_ = add(1, "ada");
  User& bob_ = add(2, "bob");
};

TEST_F(HubCallsAlone, a_refused_call_changes_nothing) {
  const Done own = calls_.call(ada_, {.name = "ada"});
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, ErrorCode::own_name);
  EXPECT_FALSE(calls_.accept(bob_, {.caller = "ada"}));
  EXPECT_FALSE(calls_.hang_up(ada_, {.name = "bob"}));
  EXPECT_TRUE(world_.out.deliveries.empty());
  EXPECT_EQ(ada_.call, nullptr);
}

TEST_F(HubCallsAlone, an_accepted_call_names_a_room_to_both) {
  EXPECT_TRUE(calls_.call(ada_, {.name = "bob"}));
  EXPECT_TRUE(calls_.accept(bob_, {.caller = "ada"}));
  EXPECT_THAT(world_.told(1), ElementsAre("accepted bob in call-secret-1"));
  EXPECT_THAT(world_.told(2), ElementsAre("incoming ada", "accepted ada in call-secret-1"));
  EXPECT_TRUE(ada_.as.in_call && bob_.as.in_call);
}

TEST_F(HubCallsAlone, a_call_ends_when_one_of_the_two_leaves_its_room) {
  EXPECT_TRUE(calls_.call(ada_, {.name = "bob"}));
  EXPECT_TRUE(calls_.accept(bob_, {.caller = "ada"}));
  Session& ada = world_.join(world_.connect(3), ada_.call->room, "ada");
  world_.told(1);
  world_.told(2);
  world_.rooms.remove(ada, LeaveReason::left);
  EXPECT_THAT(world_.told(1), ElementsAre("ended bob ended"));
  EXPECT_THAT(world_.told(2), ElementsAre("ended ada ended"));
  EXPECT_EQ(ada_.call, nullptr);
  EXPECT_FALSE(bob_.as.in_call);
}

}  // namespace
}  // namespace parley::hub

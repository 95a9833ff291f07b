#include <gmock/gmock.h>

#include "hub/claims.hpp"
#include "hub_parts_world.hpp"

namespace parley::hub {
namespace {

using testing::ElementsAre;

class HubClaimsAlone : public testing::Test {
 protected:
  void claim(Connection& claimant, bool proven = false) {
    world_.claims.add(claimant, {.command = command::Ack{}},
                      {.session = &holder_, .proven = proven, .bytes = world_.outgoing.new_share()});
  }

  PartsWorld world_;
  Session& holder_ = world_.join(world_.connect(1), "r", "ada");
  Connection& first_ = world_.connect(2);
  Connection& second_ = world_.connect(3);
};

TEST_F(HubClaimsAlone, one_probe_is_enough_for_all_claimants) {
  claim(first_);
  claim(second_);
  EXPECT_THAT(world_.out.probes, ElementsAre(1U));
}

TEST_F(HubClaimsAlone, a_sign_of_life_decides_for_the_holder) {
  claim(first_);
  claim(second_);
  world_.claims.refuse_all_of(*holder_.connection);
  EXPECT_EQ(world_.claims.next_decided(), std::optional<ConnectionId>(2));
  EXPECT_EQ(world_.claims.next_decided(), std::optional<ConnectionId>(3));
  EXPECT_TRUE(first_.claim->lost);
  world_.pass(world_.config.limits.claim_patience);
  EXPECT_EQ(world_.claims.overdue(), nullptr);
}

TEST_F(HubClaimsAlone, a_claim_is_overdue_without_a_sign_of_life) {
  claim(first_);
  EXPECT_EQ(world_.claims.overdue(), nullptr);
  EXPECT_EQ(world_.claims.next_timeout(), world_.now + world_.config.limits.claim_patience);
  world_.pass(world_.config.limits.claim_patience);
  EXPECT_EQ(world_.claims.overdue(), first_.claim.get());
  world_.claims.withdraw(first_);
  EXPECT_EQ(world_.claims.overdue(), nullptr);
}

TEST_F(HubClaimsAlone, who_has_shown_the_secret_waits_no_longer_than_the_holders_socket_lasts) {
  claim(first_);
  claim(second_, true);
  world_.rooms.disconnected(holder_, Parting::lost);
  EXPECT_EQ(world_.claims.next_decided(), std::optional<ConnectionId>(3));
  EXPECT_EQ(world_.claims.next_decided(), std::nullopt);
}

}  // namespace
}  // namespace parley::hub

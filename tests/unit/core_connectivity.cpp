#include "core/connectivity.hpp"

#include <gtest/gtest.h>

#include "core/limits.hpp"
#include "core/state_names.hpp"
#include "core_outputs.hpp"

namespace parley {

void PrintTo(LinkState state, std::ostream* out) {
  *out << name(state);
}

namespace {

using Repair = Connectivity::Repair;
using PeerConnectionState::connected;
using PeerConnectionState::connecting;
using PeerConnectionState::disconnected;
using PeerConnectionState::failed;

constexpr bool polite = true;
constexpr bool impolite = false;

/// One that has been connected, at `start`.
Connectivity connected_one(bool is_polite = impolite) {
  Connectivity connectivity(is_polite);
  connectivity.opened(start);
  (void)connectivity.changed(connected, start);
  return connectivity;
}

TEST(Connectivity, a_fresh_connection_is_connecting_and_then_connected) {
  Connectivity connectivity(impolite);
  connectivity.opened(start);
  EXPECT_EQ(connectivity.state(), LinkState::connecting);
  EXPECT_EQ(connectivity.changed(connecting, start), Repair::none);
  EXPECT_EQ(connectivity.state(), LinkState::connecting);
  EXPECT_EQ(connectivity.changed(connected, start), Repair::none);
  EXPECT_EQ(connectivity.state(), LinkState::connected);
  EXPECT_EQ(connectivity.reason().code, "connected");
}

TEST(Connectivity, failed_restarts_ice_at_once) {
  for (const bool side : {polite, impolite}) {
    Connectivity connectivity = connected_one(side);
    EXPECT_EQ(connectivity.changed(failed, start), Repair::restart_ice);
    EXPECT_EQ(connectivity.state(), LinkState::reconnecting);
    EXPECT_EQ(connectivity.reason().code, "ice-restart");
  }
}

TEST(Connectivity, disconnected_restarts_ice_only_after_a_grace_period) {
  Connectivity connectivity = connected_one();
  EXPECT_EQ(connectivity.changed(disconnected, start), Repair::none);
  EXPECT_EQ(connectivity.state(), LinkState::reconnecting);
  EXPECT_EQ(connectivity.next_timeout(), start + limits.disconnected_grace);
  EXPECT_EQ(connectivity.timeout(start + limits.disconnected_grace - Duration{1}), Repair::none);
  EXPECT_EQ(connectivity.timeout(start + limits.disconnected_grace), Repair::restart_ice);
}

TEST(Connectivity, the_polite_side_waits_longer_so_that_one_restart_is_enough) {
  Connectivity connectivity = connected_one(polite);
  (void)connectivity.changed(disconnected, start);
  EXPECT_EQ(connectivity.next_timeout(), start + limits.disconnected_grace + limits.polite_delay);
}

TEST(Connectivity, disconnected_that_heals_by_itself_needs_no_restart) {
  Connectivity connectivity = connected_one();
  (void)connectivity.changed(disconnected, start);
  (void)connectivity.changed(connected, start + Duration{500});
  EXPECT_EQ(connectivity.state(), LinkState::connected);
  EXPECT_EQ(connectivity.timeout(start + limits.disconnected_grace), Repair::none);
  EXPECT_EQ(connectivity.restarts(), 0);
}

TEST(Connectivity, a_connection_that_never_comes_up_is_repaired_after_a_while) {
  Connectivity connectivity(impolite);
  connectivity.opened(start);
  EXPECT_EQ(connectivity.next_timeout(), start + limits.connect_timeout);
  EXPECT_EQ(connectivity.timeout(start + limits.connect_timeout), Repair::restart_ice);
  EXPECT_EQ(connectivity.state(), LinkState::connecting) << "it was never connected, so it is not again";
}

TEST(Connectivity, restarts_give_way_to_fresh_connections_and_those_to_loss) {
  Connectivity connectivity = connected_one();
  Instant now = start;
  for (int i = 0; i < limits.restarts; ++i) {
    EXPECT_EQ(connectivity.changed(failed, now), Repair::restart_ice);
    EXPECT_EQ(connectivity.next_timeout(), now + limits.restart_timeout);
  }
  for (int i = 0; i < limits.rebuilds; ++i) {
    EXPECT_EQ(connectivity.changed(failed, now), Repair::rebuild);
    now += Duration{100};
    connectivity.opened(now);
    connectivity.described();
    EXPECT_EQ(connectivity.state(), LinkState::reconnecting);
  }
  EXPECT_EQ(connectivity.changed(failed, now), Repair::none);
  EXPECT_EQ(connectivity.state(), LinkState::lost);
  EXPECT_EQ(connectivity.reason().code, "no-way");
  EXPECT_EQ(connectivity.next_timeout(), Deadline{}) << "a lost peer wakes nobody";
}

TEST(Connectivity, a_peer_that_never_answers_is_lost_by_timeouts_alone) {
  Connectivity connectivity(impolite);
  connectivity.opened(start);
  int restarts = 0;
  int rebuilds = 0;
  while (const Deadline next = connectivity.next_timeout()) {
    const Repair repair = connectivity.timeout(*next);
    restarts += repair == Repair::restart_ice ? 1 : 0;
    if (repair != Repair::rebuild) continue;
    ++rebuilds;
    connectivity.opened(*next);
  }
  EXPECT_EQ(connectivity.state(), LinkState::lost);
  EXPECT_EQ(connectivity.reason().code, "no-answer");
  EXPECT_EQ(restarts, limits.restarts);
  EXPECT_EQ(rebuilds, limits.rebuilds);
}

TEST(Connectivity, after_a_steady_while_repairs_are_counted_anew) {
  Connectivity connectivity = connected_one();
  (void)connectivity.changed(failed, start);
  (void)connectivity.changed(connected, start);
  EXPECT_EQ(connectivity.restarts(), 1);
  EXPECT_EQ(connectivity.timeout(start + limits.steady_after), Repair::none);
  EXPECT_EQ(connectivity.restarts(), 0);
  EXPECT_EQ(connectivity.next_timeout(), Deadline{});
}

TEST(Connectivity, a_connection_that_comes_and_goes_is_not_restarted_for_ever) {
  Connectivity connectivity = connected_one();
  Instant now = start;
  for (int i = 0; i < limits.restarts; ++i) {
    EXPECT_EQ(connectivity.changed(failed, now), Repair::restart_ice);
    (void)connectivity.changed(connected, now);
    now += limits.steady_after - Duration{1};
    (void)connectivity.timeout(now);
  }
  EXPECT_EQ(connectivity.changed(failed, now), Repair::rebuild);
}

TEST(Connectivity, no_repair_is_spent_while_the_peer_cannot_be_reached) {
  Connectivity connectivity = connected_one();
  EXPECT_EQ(connectivity.reachable(false, start), Repair::none);
  EXPECT_EQ(connectivity.state(), LinkState::connected) << "media does not stop because signaling did";
  EXPECT_EQ(connectivity.changed(failed, start), Repair::none);
  EXPECT_TRUE(connectivity.postponed());
  EXPECT_EQ(connectivity.reason().code, "peer-unreachable");
  EXPECT_EQ(connectivity.restarts(), 0);
  EXPECT_EQ(connectivity.next_timeout(), Deadline{});
}

TEST(Connectivity, a_postponed_repair_is_made_as_soon_as_the_peer_can_be_reached) {
  Connectivity connectivity = connected_one();
  (void)connectivity.reachable(false, start);
  (void)connectivity.changed(failed, start);
  EXPECT_EQ(connectivity.reachable(true, start + Duration{60'000}), Repair::restart_ice);
  EXPECT_FALSE(connectivity.postponed());
}

TEST(Connectivity, a_connection_that_healed_meanwhile_needs_no_postponed_repair) {
  Connectivity connectivity = connected_one();
  (void)connectivity.reachable(false, start);
  (void)connectivity.changed(failed, start);
  (void)connectivity.changed(connected, start);
  EXPECT_EQ(connectivity.reachable(true, start), Repair::none);
}

TEST(Connectivity, losing_and_finding_the_host_again_repairs_nothing_that_works) {
  Connectivity connectivity = connected_one();
  (void)connectivity.reachable(false, start);
  EXPECT_EQ(connectivity.reachable(true, start), Repair::none);
  EXPECT_EQ(connectivity.state(), LinkState::connected);
}

TEST(Connectivity, a_closed_channel_is_mended_by_a_fresh_connection_alone) {
  Connectivity connectivity = connected_one();
  connectivity.channel_closed(start);
  EXPECT_EQ(connectivity.state(), LinkState::reconnecting);
  EXPECT_EQ(connectivity.reason().code, "channel-closed");
  EXPECT_EQ(connectivity.timeout(start + limits.disconnected_grace), Repair::rebuild);
  EXPECT_EQ(connectivity.restarts(), 0);
}

TEST(Connectivity, ice_that_recovers_does_not_make_up_for_a_closed_channel) {
  Connectivity connectivity = connected_one();
  connectivity.channel_closed(start);
  (void)connectivity.changed(disconnected, start);
  (void)connectivity.changed(connected, start);
  EXPECT_EQ(connectivity.state(), LinkState::reconnecting);
  EXPECT_EQ(connectivity.timeout(start + limits.disconnected_grace), Repair::rebuild);
}

TEST(Connectivity, what_broke_for_good_is_rebuilt_until_that_is_of_no_use) {
  Connectivity connectivity = connected_one();
  for (int i = 0; i < limits.rebuilds; ++i) {
    EXPECT_EQ(connectivity.broken({.code = "broken", .message = ""}), Repair::rebuild);
    connectivity.opened(start);
  }
  EXPECT_EQ(connectivity.broken({.code = "broken", .message = ""}), Repair::none);
  EXPECT_EQ(connectivity.state(), LinkState::lost);
}

/// Lets each connection end in this way until the peer is lost; the code of the reason.
template <class End>
std::string lost_by(End&& end) {
  Connectivity connectivity(impolite);
  for (Instant now = start; connectivity.state() != LinkState::lost; now += Duration{1}) {
    connectivity.opened(now);
    for (Repair repair = Repair::none; repair != Repair::rebuild;) {
      repair = end(connectivity, now);
      if (connectivity.state() == LinkState::lost) break;
    }
  }
  EXPECT_FALSE(connectivity.reason().message.empty());
  return connectivity.reason().code;
}

TEST(Connectivity, a_peer_is_lost_with_what_is_known_of_why) {
  const auto fails = [](Connectivity& link, Instant now) { return link.changed(failed, now); };
  EXPECT_EQ(lost_by(fails), "no-answer");
  EXPECT_EQ(lost_by([&](Connectivity& link, Instant now) {
              link.described();
              return fails(link, now);
            }),
            "no-way");
  EXPECT_EQ(lost_by([&](Connectivity& link, Instant now) {
              link.described();
              link.changed(IceConnectionState::connected);
              return fails(link, now);
            }),
            "dtls-failed");
  EXPECT_EQ(lost_by([&](Connectivity& link, Instant now) {
              link.described();
              (void)link.changed(connected, now);
              link.channel_closed(now);
              return link.timeout(now + limits.disconnected_grace);
            }),
            "channel-closed");
  EXPECT_EQ(lost_by([&](Connectivity& link, Instant now) {
              link.refused({.code = "refused", .message = "Words."});
              return fails(link, now);
            }),
            "refused");
  EXPECT_EQ(lost_by([&](Connectivity& link, Instant) {
              return link.broken({.code = "broken", .message = "Words."});
            }),
            "broken");
}

TEST(Connectivity, what_was_refused_and_is_taken_later_is_no_reason_any_more) {
  EXPECT_EQ(lost_by([](Connectivity& link, Instant now) {
              link.refused({.code = "refused", .message = "Words."});
              link.described();
              return link.changed(failed, now);
            }),
            "no-way");
}

TEST(Connectivity, a_lost_peer_that_is_tried_again_gets_all_its_repairs_back) {
  Connectivity connectivity(impolite);
  connectivity.opened(start);
  while (const Deadline next = connectivity.next_timeout()) {
    if (connectivity.timeout(*next) == Repair::rebuild) connectivity.opened(*next);
  }
  ASSERT_EQ(connectivity.state(), LinkState::lost);
  EXPECT_EQ(connectivity.retry(), Repair::rebuild);
  EXPECT_EQ(connectivity.restarts(), 0);
  EXPECT_EQ(connectivity.rebuilds(), 0);
}

TEST(Connectivity, trying_again_leaves_a_connection_that_works_alone) {
  Connectivity connectivity = connected_one();
  EXPECT_EQ(connectivity.retry(), Repair::none);
  EXPECT_EQ(connectivity.state(), LinkState::connected);
}

TEST(Connectivity, a_lost_peer_that_connects_after_all_is_connected) {
  Connectivity connectivity(impolite);
  connectivity.opened(start);
  while (const Deadline next = connectivity.next_timeout()) {
    if (connectivity.timeout(*next) == Repair::rebuild) connectivity.opened(*next);
  }
  (void)connectivity.changed(connected, start);
  EXPECT_EQ(connectivity.state(), LinkState::connected);
}

}  // namespace
}  // namespace parley

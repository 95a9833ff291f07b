#include <gtest/gtest.h>

#include "hub_callers.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

/// Users who come back to their name with a secret.
class HubRegistrations : public HubCalls {
 protected:
  using HubCalls::HubCalls;

  /// Two of Parley's own, whose lists have come.
  void two() {
    enrol_own(ada, "ada");
    enrol_own(bob, "bob");
    settle();
  }
};

TEST_F(HubRegistrations, who_registers_is_told_so_with_no_call_and_the_limits) {
  enrol_own(ada, "ada");
  const auto registered = std::get<event::Registered>(world.bodies(ada).front());
  EXPECT_EQ(registered.user, (event::User{"ada", "ada-id"}));
  EXPECT_FALSE(registered.call);
  EXPECT_EQ(registered.limits.resume_window, 30s);
  EXPECT_EQ(world.heard(ada), (Lines{"registered ada", "users ada"}));
}

TEST_F(HubRegistrations, a_lost_socket_keeps_its_name_for_the_resume_window_and_counts_as_online) {
  two();
  world.drop(ada);
  world.pass(30s - 1ms);
  EXPECT_EQ(world.heard(bob), Lines{});
  EXPECT_EQ(world.hub.next_timeout(), world.now + 1ms);
  world.pass(1ms);
  EXPECT_EQ(world.heard(bob), Lines{"users-changed -ada"});
  EXPECT_EQ(world.heard(ada), Lines{});
  EXPECT_EQ(world.hub.next_timeout(), std::nullopt);
  enrol_own(eve, "ada", "another page");
  EXPECT_EQ(world.heard(eve).front(), "registered ada");
}

TEST_F(HubRegistrations, the_secret_brings_back_to_the_name_and_the_list_comes_again) {
  two();
  world.drop(ada);
  world.pass(10s);
  enrol_own(ada_again, "ada");
  EXPECT_EQ(world.heard(ada_again), (Lines{"registered ada", "users ada bob"}));
  world.pass(60s);
  EXPECT_EQ(world.heard(bob), Lines{}) << "and the window has no meaning any more";
}

TEST_F(HubRegistrations, a_socket_that_died_unnoticed_is_closed_and_counts_no_more) {
  two();
  enrol_own(ada_again, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"close 4001"});
  EXPECT_EQ(world.heard(ada_again).front(), "registered ada");
  world.drop(ada);
  world.pass(60s);
  world.forget();
  call(bob, "ada");
  EXPECT_EQ(world.heard(ada_again), Lines{"incoming bob"});
  EXPECT_EQ(world.heard(ada), Lines{});
}

TEST_F(HubRegistrations, who_comes_back_may_have_another_id) {
  two();
  world.connect(ada_again);
  world.say(ada_again, command::Register{.name = "ada", .user_id = "new", .secret = "page"});
  call(ada_again, "bob");
  for (const EventBody& body : world.bodies(bob)) {
    if (const auto* incoming = std::get_if<event::CallIncoming>(&body)) {
      EXPECT_EQ(incoming->caller, (event::User{"ada", "new"}));
    }
  }
  EXPECT_EQ(world.heard(bob).back(), "incoming ada");
}

TEST_F(HubRegistrations, without_the_secret_a_name_is_taken_and_the_socket_may_try_another) {
  two();
  enrol(eve, "bob");
  EXPECT_EQ(world.heard(eve), Lines{"error name-taken"}) << "who has none";
  enrol_own(4, "eve");
  world.say(4, command::Register{.name = "ada", .user_id = "x", .secret = "page"});
  EXPECT_EQ(world.heard(4).back(), "error already-joined") << "who has a name already";
  enrol(5, "john");
  enrol_own(6, "john", "");
  enrol_own(7, "john", "page");
  EXPECT_EQ(world.heard(6), Lines{"error bad-field re register"});
  EXPECT_EQ(world.heard(7), Lines{"error name-taken re register"})
      << "nobody knows a secret that is not there";
  world.say(7, command::Register{.name = "jane", .user_id = "x", .secret = "page"});
  EXPECT_EQ(world.heard(7).front(), "registered jane");
}

TEST_F(HubRegistrations, a_secret_is_64_printable_characters_at_most) {
  for (const std::string& secret :
       {std::string(), std::string(65, 'x'), std::string("a\tb"), std::string("ü")}) {
    enrol_own(ada, "ada", secret);
    EXPECT_EQ(world.heard(ada), Lines{"error bad-field re register"}) << secret;
  }
  enrol_own(bob, "bob", std::string(64, '~'));
  EXPECT_EQ(world.heard(bob).front(), "registered bob");
}

TEST_F(HubRegistrations, a_socket_is_registered_or_in_a_room) {
  enrol_own(ada, "ada");
  world.forget();
  world.say(ada, command::Join{.room = "r", .peer = "ada", .incarnation = "page"}, 0, 0, "join");
  EXPECT_EQ(world.heard(ada), Lines{"error already-joined re join"});
  world.say(ada, command::Signal{.to = "bob", .payload = PooledString("{}")}, 0, 0, "signal");
  EXPECT_EQ(world.heard(ada), Lines{"error not-joined re signal"});
  world.join(bob, "r", "bob");
  world.forget();
  world.say(bob, command::Register{.name = "bob", .user_id = "x", .secret = "page"}, 0, 0, "register");
  EXPECT_EQ(world.heard(bob), Lines{"error already-joined re register"});
}

TEST_F(HubRegistrations, who_leaves_is_offline_at_once_and_its_socket_may_register_again) {
  two();
  world.say(ada, command::Leave{});
  EXPECT_EQ(world.heard(bob), Lines{"users-changed -ada"});
  world.say(ada, command::Leave{}, 0, 0, "leave");
  EXPECT_EQ(world.heard(ada), Lines{"error not-joined re leave"});
  world.say(ada, command::Register{.name = "ada2", .user_id = "x", .secret = "other"});
  EXPECT_EQ(world.heard(ada).front(), "registered ada2");
}

TEST_F(HubRegistrations, a_client_that_floods_is_offline_at_once) {
  two();
  for (std::uint32_t i = 0; i < Limits{}.message_burst + Limits{}.flood_messages + 1; ++i) {
    world.say(ada, command::Ping{});
  }
  EXPECT_EQ(world.heard(ada).back(), "close 1008");
  EXPECT_EQ(world.heard(bob), Lines{"users-changed -ada"});
  world.drop(ada);
  EXPECT_EQ(world.hub.next_timeout(), std::nullopt) << "it does not come back";
}

/// With room for two, and a short window.
class HubFewRegistrations : public HubRegistrations {
 protected:
  HubFewRegistrations() : HubRegistrations(Limits{.users = 2, .resume_window = 5s}) {}
};

TEST_F(HubFewRegistrations, there_are_so_many_users_at_most_and_who_is_away_makes_place) {
  two();
  enrol(eve, "eve");
  EXPECT_EQ(world.heard(eve), Lines{"error too-many-users"});
  world.drop(ada);
  enrol_own(ada_again, "ada");
  EXPECT_EQ(world.heard(ada_again).front(), "registered ada") << "who comes back is not one more";
  world.drop(ada_again);
  enrol(eve, "eve");
  EXPECT_EQ(world.heard(eve).front(), "registered eve");
  enrol_own(ada, "ada");
  EXPECT_EQ(world.heard(ada).back(), "error too-many-users re register");
}

// A call of somebody who is away.

TEST_F(HubRegistrations, a_call_rings_for_who_is_away_and_is_there_on_the_return) {
  two();
  world.drop(bob);
  call(ada, "bob");
  EXPECT_EQ(world.heard(ada), Lines{});
  enrol_own(bob_room, "bob");
  EXPECT_EQ(world.heard(bob_room).front(), "registered bob incoming ada");
  accept(bob_room, "ada");
  EXPECT_EQ(world.heard(ada).back(), "accepted bob in " + room_told_to(bob_room));
}

TEST_F(HubRegistrations, who_comes_back_is_told_of_its_own_call_and_of_one_that_was_accepted_meanwhile) {
  two();
  call(ada, "bob");
  world.drop(ada);
  enrol_own(ada_again, "ada");
  EXPECT_EQ(world.heard(ada_again).front(), "registered ada outgoing bob");
  world.drop(ada_again);
  accept(bob, "ada");
  const std::string room = room_told_to(bob);
  enrol_own(ada, "ada");
  EXPECT_EQ(world.heard(ada).front(), "registered ada accepted bob in " + room);
}

TEST_F(HubRegistrations, a_call_that_ended_meanwhile_is_not_there_on_the_return) {
  two();
  for (const bool accepted : {false, true}) {
    call(ada, "bob");
    if (accepted) accept(bob, "ada");
    world.drop(ada);
    if (accepted) hang_up(bob, "ada");
    if (!accepted) world.say(bob, command::RejectCall{"ada", RejectReason::busy});
    world.forget();
    enrol_own(ada, "ada");
    EXPECT_EQ(world.heard(ada).front(), "registered ada");
    settle();
  }
}

TEST_F(HubRegistrations, when_the_window_closes_the_call_is_over_and_the_other_one_is_gone) {
  two();
  for (const bool accepted : {false, true}) {
    call(ada, "bob");
    if (accepted) accept(bob, "ada");
    world.forget();
    world.drop(ada);
    EXPECT_EQ(world.heard(bob), Lines{});
    world.pass(30s);
    EXPECT_EQ(world.heard(bob),
              (Lines{"ended ada gone", accepted ? "users-changed -ada bob(free)" : "users-changed -ada"}));
    enrol_own(ada, "ada");
    settle();
  }
}

}  // namespace
}  // namespace parley::hub

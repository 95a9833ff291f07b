#include <gtest/gtest.h>

#include "hub_callers.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

TEST_F(HubCalls, who_registers_is_told_so_and_then_who_is_online) {
  enrol(ada, "ada");
  EXPECT_EQ(world.heard(ada), (Lines{"registered ada", "users ada"}));
}

TEST_F(HubCalls, the_list_goes_out_at_most_every_250_ms_and_then_with_all_that_changed) {
  enrol(ada, "ada");
  world.forget();
  for (ConnectionId id = 10; id < 20; ++id) enrol(id, std::to_string(id));
  world.drop(15);
  world.pass(249ms);
  EXPECT_EQ(world.heard(ada), Lines{});
  world.pass(1ms);
  EXPECT_EQ(world.heard(ada), Lines{"users ada 10 11 12 13 14 16 17 18 19"});
  world.pass(10s);
  EXPECT_EQ(world.heard(ada), Lines{}) << "nothing has changed since";
  world.drop(10);
  EXPECT_EQ(world.heard(ada), Lines{"users ada 11 12 13 14 16 17 18 19"}) << "the last was long ago";
}

TEST_F(HubCalls, without_a_change_the_hub_wants_no_waking) {
  enrol(ada, "ada");
  EXPECT_EQ(world.hub.next_timeout(), std::nullopt);
  enrol(bob, "bob");
  EXPECT_EQ(world.hub.next_timeout(), world.now + Limits{}.users_interval);
}

/// With so little to spend on lists that ten users of short names are about a second's worth.
class HubManyCalls : public HubCalls {
 protected:
  HubManyCalls() : HubCalls(Limits{.users_bytes_per_second = std::size_t{10} * 10 * 40}) {}
};

TEST_F(HubManyCalls, after_a_list_of_many_users_the_next_waits_longer) {
  for (ConnectionId id = 10; id < 20; ++id) enrol(id, std::to_string(id));
  world.pass(250ms);
  world.forget();
  world.drop(19);
  world.pass(900ms);
  EXPECT_EQ(world.heard(10), Lines{});
  world.pass(350ms);
  EXPECT_EQ(world.heard(10).size(), 1U);
}

TEST_F(HubManyCalls, long_names_make_it_longer) {
  for (ConnectionId id = 10; id < 20; ++id) enrol(id, std::to_string(id) + std::string(100, 'x'));
  world.pass(250ms);
  world.forget();
  world.drop(19);
  world.pass(4s);
  EXPECT_EQ(world.heard(10), Lines{});
  world.pass(3s);
  EXPECT_EQ(world.heard(10).size(), 1U);
}

TEST_F(HubManyCalls, while_many_come_the_list_waits_for_what_it_costs_and_no_longer_once_they_have_come) {
  enrol(10, "10");
  world.forget();
  for (ConnectionId id = 11; id < 20; ++id) {
    enrol(id, std::to_string(id));
    world.pass(30ms);
  }
  EXPECT_EQ(world.heard(10), Lines{});
  world.pass(219ms);
  EXPECT_EQ(world.heard(10), Lines{});
  world.pass(1ms);
  EXPECT_EQ(world.heard(10), Lines{"users 10 11 12 13 14 15 16 17 18 19"});
}

TEST_F(HubManyCalls, those_who_never_cease_to_come_are_listed_all_the_same) {
  enrol(10, "10");
  world.forget();
  for (ConnectionId id = 11; id < 21; ++id) {
    enrol(id, std::to_string(id));
    world.pass(100ms);
  }
  EXPECT_EQ(world.heard(10).size(), 1U);
}

TEST_F(HubCalls, a_name_is_one_user_s_and_free_again_when_that_one_is_gone) {
  enrol(ada, "ada");
  enrol(bob, "ada");
  EXPECT_EQ(world.heard(bob), Lines{"error name-taken"});
  world.drop(ada);
  world.say(bob, command::Register{.name = "ada", .user_id = "b"});
  EXPECT_EQ(world.heard(bob).front(), "registered ada");
}

TEST_F(HubCalls, a_connection_registers_once) {
  enrol(ada, "ada");
  world.forget();
  world.say(ada, command::Register{.name = "ada2", .user_id = "x"}, 0, 0, "register");
  EXPECT_EQ(world.heard(ada), Lines{"error already-joined re register"});
}

TEST_F(HubCalls, names_and_ids_have_the_length_and_the_characters_of_all_names) {
  world.connect(ada, Dialect::calls);
  const std::string long_name(129, 'x');
  for (const auto& [name, id] : std::vector<std::pair<std::string, std::string>>{
           {"", "id"}, {"ada", ""}, {long_name, "id"}, {"ada", long_name}, {"a\tb", "id"}, {"ada", "\x7f"}}) {
    world.say(ada, command::Register{.name = name, .user_id = id});
    EXPECT_EQ(world.heard(ada), Lines{"error bad-field"}) << name << " / " << id;
  }
  const std::string longest(128, 'x');
  world.say(ada, command::Register{.name = longest, .user_id = longest});
  EXPECT_EQ(world.heard(ada).front(), "registered " + longest);
}

TEST_F(HubCalls, who_is_not_registered_can_do_nothing) {
  world.connect(ada, Dialect::calls);
  for (const Command& wish : {Command{command::Call{"bob"}}, Command{command::AcceptCall{"bob"}},
                              Command{command::RejectCall{"bob"}}, Command{command::EndCall{"bob"}},
                              Command{command::Signal{.to = "bob", .audience = command::Audience::user}}}) {
    world.say(ada, wish);
    EXPECT_EQ(world.heard(ada), Lines{"error not-registered"});
  }
}

TEST_F(HubCalls, a_call_rings_is_accepted_and_ends) {
  three();
  call(ada, "bob");
  EXPECT_EQ(world.heard(bob), Lines{"incoming ada"});
  world.say(bob, command::AcceptCall{"ada"});
  EXPECT_EQ(world.heard(ada), Lines{"accepted bob"});
  world.say(bob, command::EndCall{"ada"});
  EXPECT_EQ(world.heard(ada), Lines{"ended bob ended"});
  EXPECT_EQ(world.heard(bob), Lines{}) << "who ends it knows";
  EXPECT_EQ(world.heard(eve), Lines{}) << "and it is nobody else's business";
}

TEST_F(HubCalls, a_rejected_call_leaves_both_free) {
  three();
  call(ada, "bob");
  world.say(bob, command::RejectCall{"ada"});
  EXPECT_EQ(world.heard(ada), Lines{"rejected bob rejected"});
  world.forget();
  call(eve, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"incoming eve"});
  call(bob, "eve");
  EXPECT_EQ(world.heard(bob), Lines{"error user-busy re call"});
}

TEST_F(HubCalls, who_is_in_a_call_is_busy_from_its_first_ring_to_its_end) {
  three();
  call(ada, "bob");
  call(eve, "ada");
  call(eve, "bob");
  EXPECT_EQ(world.heard(eve), (Lines{"error user-busy re call", "error user-busy re call"}));
  call(bob, "eve");
  world.say(bob, command::AcceptCall{"ada"});
  call(bob, "eve");
  EXPECT_EQ(world.heard(bob), (Lines{"incoming ada", "error user-busy re call", "error user-busy re call"}));
  world.say(ada, command::EndCall{"bob"});
  call(eve, "bob");
  EXPECT_EQ(world.heard(bob), (Lines{"ended ada ended", "incoming eve"}));
}

TEST_F(HubCalls, nobody_calls_themselves_or_somebody_who_is_not_there) {
  three();
  call(ada, "ada");
  call(ada, "nobody");
  EXPECT_EQ(world.heard(ada), (Lines{"error own-name re call", "error user-offline re call"}));
  call(eve, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"incoming eve"}) << "a call that failed keeps nobody busy";
}

TEST_F(HubCalls, only_the_one_who_is_called_answers_and_only_once) {
  three();
  call(ada, "bob");
  world.forget();
  world.say(ada, command::AcceptCall{"bob"});
  world.say(ada, command::AcceptCall{"ada"});
  EXPECT_EQ(world.heard(ada), (Lines{"error no-call", "error no-call"}));
  world.say(eve, command::RejectCall{"ada"});
  world.say(eve, command::EndCall{"ada"});
  EXPECT_EQ(world.heard(eve), (Lines{"error no-call", "error no-call"}));
  world.say(bob, command::AcceptCall{"eve"});
  world.say(bob, command::AcceptCall{"ada"});
  world.say(bob, command::AcceptCall{"ada"});
  world.say(bob, command::RejectCall{"ada"});
  EXPECT_EQ(world.heard(bob), (Lines{"error no-call", "error no-call", "error no-call"}));
}

/// What this one has heard of its calls, each with its number.
class HubCallIds : public HubCalls {
 protected:
  HubCallIds() {
    for (const ConnectionId id : {ada, bob}) enrol_own(id, id == ada ? "ada" : "bob");
    settle();
  }

  CallId number_of_last(ConnectionId id) {
    CallId number = 0;
    for (const EventBody& body : world.bodies(id)) {
      std::visit(overloaded{[&](const event::CallIncoming& e) { number = e.id; },
                            [&](const event::CallAccepted& e) { number = e.id; },
                            [&](const event::CallRejected& e) { number = e.id; },
                            [&](const event::CallEnded& e) { number = e.id; },
                            [&](const event::Error& e) { number = e.call; },
                            [&](const event::Registered& e) { number = e.call ? e.call->id : 0; },
                            [](const auto&) {}},
                 body);
    }
    return number;
  }

  /// Ada calls, and Bob is told as which number.
  CallId ring(CallId id) {
    world.say(ada, command::Call{"bob", id}, 0, 0, "call");
    return number_of_last(bob);
  }
};

TEST_F(HubCallIds, each_is_told_the_number_that_it_knows_the_call_by) {
  const CallId rung = ring(71);
  EXPECT_NE(rung, 0U);
  EXPECT_NE(rung, 71U) << "it is the hub's to choose: the caller's may be another call's";
  world.say(bob, command::AcceptCall{"ada", rung});
  EXPECT_EQ(number_of_last(ada), 71U);
  EXPECT_EQ(number_of_last(bob), rung);
  world.say(ada, command::EndCall{"bob", 71});
  EXPECT_EQ(number_of_last(bob), rung);
  EXPECT_EQ(world.heard(bob).back(), "ended ada ended");
  const CallId next = ring(72);
  EXPECT_NE(next, rung);
  world.say(bob, command::RejectCall{.caller = "ada", .id = next});
  EXPECT_EQ(number_of_last(ada), 72U);
}

TEST_F(HubCallIds, an_answer_to_the_ring_before_is_none_to_this_one) {
  const CallId first = ring(1);
  world.say(ada, command::EndCall{"bob", 1});
  const CallId second = ring(2);
  world.forget();
  for (const Command& late : {Command{command::AcceptCall{"ada", first}},
                              Command{command::RejectCall{.caller = "ada", .id = first}},
                              Command{command::EndCall{"ada", first}}}) {
    world.say(bob, late, 0, 0, "late");
    EXPECT_EQ(number_of_last(bob), first);
    EXPECT_EQ(world.heard(bob), Lines{"error no-call re late"});
  }
  world.say(ada, command::EndCall{"bob", 1}, 0, 0, "cancel");
  EXPECT_EQ(number_of_last(ada), 1U);
  EXPECT_EQ(world.heard(ada), Lines{"error no-call re cancel"});
  world.say(bob, command::AcceptCall{"ada", second});
  EXPECT_TRUE(world.heard(bob).front().starts_with("accepted ada in ")) << "it has rung all the while";
}

TEST_F(HubCallIds, who_names_no_call_means_the_one_that_there_is) {
  ring(0);
  accept(bob, "ada");
  EXPECT_TRUE(heard(ada).back().starts_with("accepted bob in "));
  EXPECT_TRUE(heard(bob).back().starts_with("accepted ada in "));
  hang_up(ada, "bob");
  EXPECT_EQ(heard(bob), Lines{"ended ada ended"});
}

TEST_F(HubCallIds, who_comes_back_is_told_which_call_stands) {
  const CallId rung = ring(5);
  world.forget();
  enrol_own(ada_again, "ada");
  EXPECT_EQ(number_of_last(ada_again), 5U);
  enrol_own(22, "bob");
  EXPECT_EQ(number_of_last(22), rung);
}

TEST_F(HubCallIds, a_refusal_says_which_call_it_is_about) {
  world.say(ada, command::Call{"nobody", 8}, 0, 0, "call");
  EXPECT_EQ(number_of_last(ada), 8U);
  EXPECT_EQ(world.heard(ada), Lines{"error user-offline re call"});
}

TEST_F(HubCalls, a_call_ends_when_either_disconnects_ringing_or_talking) {
  for (const bool talking : {false, true}) {
    for (const ConnectionId gone : {ada, bob}) {
      world.drop(ada);
      world.drop(bob);
      world.drop(eve);
      three();
      world.pass(1min);
      call(ada, "bob");
      if (talking) world.say(bob, command::AcceptCall{"ada"});
      world.forget();
      world.drop(gone);
      const ConnectionId left = gone == ada ? bob : ada;
      EXPECT_EQ(world.heard(left).front(), gone == ada ? "ended ada gone" : "ended bob gone");
      world.forget();
      call(eve, left == ada ? "ada" : "bob");
      EXPECT_EQ(world.heard(left), Lines{"incoming eve"});
    }
  }
}

TEST_F(HubCalls, signals_reach_any_registered_user_but_oneself) {
  three();
  const auto say = [&](const std::string& to) {
    world.say(ada,
              command::Signal{.to = to, .audience = command::Audience::user, .payload = PooledString("{}")},
              0, 0, "offer");
  };
  say("bob");
  EXPECT_EQ(world.heard(bob), Lines{"signal ada description {}"});
  say("ada");
  say("nobody");
  EXPECT_EQ(world.heard(ada), (Lines{"error own-name re offer", "error user-offline re offer"}));
}

TEST_F(HubCalls, a_user_may_be_a_member_of_a_room_too_and_leaves_it_with_its_socket) {
  world.join(9, "r", "rob");
  world.connect(ada, Dialect::calls);
  world.say(ada, command::Register{.name = "ada", .user_id = "x", .room = "r"});
  EXPECT_EQ(world.heard(ada), (Lines{"joined ada [rob]", "registered ada", "users ada"}));
  world.say(ada,
            command::Signal{.to = "rob", .audience = command::Audience::user, .payload = PooledString("{}")});
  world.drop(ada);
  EXPECT_EQ(world.heard(9), (Lines{"joined rob []", "#1 peer-joined ada", "#2 signal ada description {}",
                                   "#3 peer-left ada left"}));
}

TEST_F(HubCalls, who_cannot_enter_the_room_is_not_registered_either) {
  world.join(9, "r", "ada");
  world.connect(ada, Dialect::calls);
  world.say(ada, command::Register{.name = "ada", .user_id = "x", .room = "r"});
  EXPECT_EQ(world.heard(ada), (Lines{"error peer-taken", "close 1008"}));
  enrol(bob, "ada");
  EXPECT_EQ(world.heard(bob).front(), "registered ada");
}

}  // namespace
}  // namespace parley::hub

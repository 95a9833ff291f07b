#include "core/call.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core_directory_test.hpp"

namespace parley {
namespace {

class CoreCall : public DirectoryTest {};

std::string message(const std::string& type, const std::string& name, const std::string& more = "") {
  return R"({"type":")" + type + R"(","name":")" + name + '"' + more + "}";
}

std::string numbered(const std::string& type, const std::string& name, int call) {
  return message(type, name, R"(,"callId":)" + std::to_string(call));
}

std::string rejecting(const std::string& name, const std::string& reason) {
  return message("reject", name, R"(,"reason":")" + reason + '"');
}

// From both ends, with nothing in the way.

TEST_F(CoreCall, a_call_rings_until_it_is_accepted_and_then_has_a_room) {
  go_online();
  hear(R"({"type":"users","users":[{"name":"bob","id":"id-bob"}]})");
  (void)drain(outputs);
  dial("bob");
  EXPECT_EQ(
      only<output::CallChanged>(outputs).call,
      (CallInfo{
          .state = CallState::outgoing, .with = {.name = "bob", .id = "id-bob"}, .room = {}, .reason = {}}));
  EXPECT_EQ(said(), Texts{numbered("call", "bob", 1)});
  hear("accepted", "bob", R"(,"callId":1,"room":"call-1")");
  EXPECT_EQ(only<output::CallChanged>(drain(outputs)).call, (CallInfo{.state = CallState::accepted,
                                                                      .with = {.name = "bob", .id = "id-bob"},
                                                                      .room = "call-1",
                                                                      .reason = {}}));
  advance(limits.ring_timeout * 2);
  EXPECT_EQ(state(), CallState::accepted);
}

TEST_F(CoreCall, an_incoming_call_is_accepted_once_the_host_says_so) {
  go_online();
  hear("incoming", "bob", R"(,"callId":11)");
  EXPECT_EQ(only<output::CallChanged>(drain(outputs)).call.with, (User{.name = "bob", .id = "id-bob"}));
  tell(input::Accept{});
  tell(input::Accept{});
  EXPECT_EQ(said(), Texts{numbered("accept", "bob", 11)});
  EXPECT_EQ(state(), CallState::incoming);
  hear("accepted", "bob", R"(,"callId":11,"room":"call-1")");
  EXPECT_EQ(call().room, "call-1");
}

TEST_F(CoreCall, an_incoming_call_may_be_declined) {
  for (const DirectoryInput& wish : {DirectoryInput(input::Reject{}), DirectoryInput(input::HangUp{})}) {
    go_online();
    hear("incoming", "bob");
    (void)drain(outputs);
    tell(wish);
    EXPECT_EQ(said(), Texts{rejecting("bob", "rejected")});
    EXPECT_EQ(ended(), "rejected");
    tell(input::Leave{});
  }
}

TEST_F(CoreCall, hanging_up_cancels_what_rings_and_ends_what_was_accepted) {
  go_online();
  dial("bob");
  (void)drain(outputs);
  tell(input::HangUp{});
  EXPECT_EQ(said(), Texts{numbered("cancel", "bob", 1)});
  EXPECT_EQ(ended(), "cancelled");
  dial("bob");
  hear("accepted", "bob", R"(,"room":"call-1")");
  (void)drain(outputs);
  tell(input::HangUp{});
  EXPECT_EQ(said(), Texts{numbered("hangup", "bob", 2)});
  EXPECT_EQ(ended(), "ended");
  EXPECT_EQ(call().room, "");
  EXPECT_EQ(call().with.name, "bob") << "with whom it was";
}

TEST_F(CoreCall, the_host_says_how_an_outgoing_call_ends) {
  for (const auto& [news, code] : std::vector<std::pair<std::string, std::string>>{
           {message("rejected", "bob", R"(,"reason":"rejected")"), "rejected"},
           {message("rejected", "bob"), "ended"},
           {message("rejected", "bob", R"(,"reason":"busy")"), "busy"},
           {message("rejected", "bob", R"(,"reason":"timed-out")"), "timed-out"},
           {message("ended", "bob", R"(,"reason":"gone")"), "gone"},
           {message("ended", "bob", R"(,"reason":"from-the-future")"), "ended"},
           {R"({"type":"error","code":"user-offline","message":"No.","re":"call"})", "offline"},
           {R"({"type":"error","code":"user-busy","message":"No.","re":"call"})", "busy"},
           {R"({"type":"error","code":"too-many-rings","message":"Try again in 2 s.","re":"call"})",
            "too-many-rings"},
           {R"({"type":"error","code":"own-name","message":"No.","re":"call"})", "failed"},
       }) {
    go_online();
    dial("bob");
    hear(news);
    EXPECT_EQ(ended(), code) << news;
    EXPECT_NE(call().reason.message, "") << news;
    tell(input::Leave{});
  }
}

TEST_F(CoreCall, the_caller_may_give_up) {
  go_online();
  hear("incoming", "bob");
  hear("ended", "bob", R"(,"reason":"cancelled")");
  EXPECT_EQ(ended(), "cancelled");
  tell(input::Accept{});
  tell(input::Reject{});
  tell(input::HangUp{});
  EXPECT_EQ(said(), Texts{}) << "there is nothing left to answer";
}

TEST_F(CoreCall, the_other_side_may_end_it) {
  talk();
  hear("ended", "bob", R"(,"reason":"ended")");
  EXPECT_EQ(ended(), "ended");
}

TEST_F(CoreCall, whoever_is_gone_from_the_directory_may_still_be_in_the_room) {
  talk();
  hear("ended", "bob", R"(,"reason":"gone")");
  EXPECT_EQ(state(), CallState::accepted);
  tell(input::HangUp{});
  refuse("no-call", "hangup");
  EXPECT_EQ(count<output::ErrorRaised>(drain(outputs)), 0U);
}

TEST_F(CoreCall, nobody_rings_for_ever) {
  go_online();
  dial("bob");
  advance(limits.ring_timeout - ms);
  EXPECT_EQ(state(), CallState::outgoing);
  (void)drain(outputs);
  advance(ms);
  EXPECT_EQ(said(), Texts{numbered("cancel", "bob", 1)});
  EXPECT_EQ(ended(), "timed-out");

  hear("incoming", "eve");
  (void)drain(outputs);
  advance(limits.ring_timeout);
  EXPECT_EQ(said(), Texts{rejecting("eve", "timed-out")});
  EXPECT_EQ(ended(), "timed-out");
}

TEST_F(CoreCall, a_call_that_is_answered_late_is_not_timed_out_and_one_that_never_comes_is_given_up) {
  go_online();
  hear("incoming", "bob");
  advance(limits.ring_timeout - ms);
  tell(input::Accept{});
  advance(limits.ring_timeout - ms);
  EXPECT_EQ(state(), CallState::incoming);
  (void)drain(outputs);
  advance(ms);
  EXPECT_EQ(said(), Texts{message("hangup", "bob")});
  EXPECT_EQ(ended(), "failed");
}

TEST_F(CoreCall, an_answer_that_comes_too_late_fails_with_the_hosts_reason) {
  go_online();
  hear("incoming", "bob");
  tell(input::Accept{});
  refuse("no-call", "accept");
  EXPECT_EQ(ended(), "failed");
  EXPECT_EQ(call().reason.message, "No.");
}

TEST_F(CoreCall, one_call_at_a_time) {
  talk();
  dial("eve");
  EXPECT_EQ(only<output::ErrorRaised>(outputs).reason.code, "in-a-call");
  EXPECT_EQ(only<output::ErrorRaised>(outputs).peer, "eve");
  EXPECT_EQ(said(), Texts{});
  EXPECT_EQ(call().with.name, "bob");
}

TEST_F(CoreCall, a_name_must_be_one_and_one_must_be_online) {
  dial("bob");
  EXPECT_EQ(only<output::ErrorRaised>(drain(outputs)).reason.code, "not-registered");
  go_online();
  for (const std::string& name : {std::string(), std::string(limits.name_bytes + 1, 'x')}) {
    dial(name);
    EXPECT_EQ(only<output::ErrorRaised>(drain(outputs)).reason.code, "bad-field");
  }
  tell(input::Leave{});
  (void)drain(outputs);
  dial("bob");
  EXPECT_EQ(only<output::ErrorRaised>(drain(outputs)).reason.code, "not-registered");
}

TEST_F(CoreCall, leaving_ends_it) {
  talk();
  tell(input::Leave{});
  EXPECT_EQ(said(), (Texts{numbered("hangup", "bob", 1), R"({"type":"leave"})"}));
  EXPECT_EQ(ended(), "ended");
}

// Two at once.

TEST_F(CoreCall, whoever_calls_somebody_who_is_in_a_call_hears_busy) {
  talk();
  hear("incoming", "eve");
  EXPECT_EQ(said(), Texts{rejecting("eve", "busy")});
  EXPECT_EQ(call().with.name, "bob");
  tell(input::HangUp{});
  for (const bool outgoing : {true, false}) {
    if (outgoing) {
      dial("bob");
    } else {
      hear("incoming", "bob");
    }
    (void)drain(outputs);
    hear("incoming", "eve");
    EXPECT_EQ(said(), Texts{rejecting("eve", "busy")});
    EXPECT_EQ(call().with.name, "bob");
    tell(input::HangUp{});
  }
}

TEST_F(CoreCall, of_two_who_call_each_other_the_second_accepts_and_is_not_busy) {
  go_online();
  dial("bob");
  (void)drain(outputs);
  hear("incoming", "bob");
  EXPECT_EQ(said(), Texts{message("accept", "bob")});
  refuse("user-busy", "call");
  EXPECT_EQ(state(), CallState::outgoing);
  hear("accepted", "bob", R"(,"room":"call-1")");
  EXPECT_EQ(state(), CallState::accepted);
}

TEST_F(CoreCall, of_two_who_call_each_other_the_one_who_stays_rings_when_the_other_gives_up) {
  go_online();
  dial("bob");
  hear("incoming", "bob");
  hear("ended", "bob", R"(,"reason":"cancelled")");
  EXPECT_EQ(state(), CallState::outgoing) << "our call came to the host after that";
  refuse("no-call", "accept");
  EXPECT_EQ(state(), CallState::outgoing);
  hear("accepted", "bob", R"(,"room":"call-1")");
  EXPECT_EQ(state(), CallState::accepted);
}

TEST_F(CoreCall, of_two_who_call_each_other_nobody_rings_when_the_one_whose_call_it_is_gives_up) {
  go_online();
  dial("bob");
  hear("incoming", "bob");
  refuse("user-busy", "call");
  hear("ended", "bob", R"(,"reason":"cancelled")");
  EXPECT_EQ(ended(), "cancelled");
}

TEST_F(CoreCall, of_two_who_call_each_other_the_first_just_is_accepted) {
  go_online();
  dial("bob");
  (void)drain(outputs);
  hear("accepted", "bob", R"(,"room":"call-1")");
  EXPECT_EQ(state(), CallState::accepted);
  EXPECT_EQ(said(), Texts{});
}

TEST_F(CoreCall, calling_whoever_is_calling_is_to_accept) {
  go_online();
  hear("incoming", "bob");
  (void)drain(outputs);
  dial("bob");
  EXPECT_EQ(said(), Texts{message("accept", "bob")});
}

TEST_F(CoreCall, who_calls_again_from_a_call_that_we_are_in_has_left_it) {
  talk();
  hear("incoming", "bob");
  EXPECT_EQ(state(), CallState::incoming);
  EXPECT_EQ(call().room, "");
}

TEST_F(CoreCall, a_call_that_we_do_not_have_is_hung_up) {
  go_online();
  hear("accepted", "bob", R"(,"room":"call-1")");
  EXPECT_EQ(said(), Texts{message("hangup", "bob")});
  EXPECT_EQ(state(), CallState::idle);
}

TEST_F(CoreCall, news_of_somebody_else_change_nothing) {
  go_online();
  dial("bob");
  hear("rejected", "eve", R"(,"reason":"rejected")");
  hear("ended", "eve", R"(,"reason":"ended")");
  EXPECT_EQ(state(), CallState::outgoing);
}

// Messages that cross.

TEST_F(CoreCall, what_is_said_of_the_call_that_was_given_up_is_not_taken_for_the_next_one) {
  go_online();
  dial("bob");
  tell(input::HangUp{});
  dial("bob");
  EXPECT_EQ(said(),
            (Texts{numbered("call", "bob", 1), numbered("cancel", "bob", 1), numbered("call", "bob", 2)}));
  refuse("user-offline", "call", 1);
  hear("rejected", "bob", R"(,"callId":1,"reason":"rejected")");
  hear("ended", "bob", R"(,"callId":1,"reason":"ended")");
  EXPECT_EQ(state(), CallState::outgoing);
  hear("rejected", "bob", R"(,"callId":2,"reason":"busy")");
  EXPECT_EQ(ended(), "busy");
}

TEST_F(CoreCall, who_rings_again_has_not_been_accepted_with_the_ring_before) {
  go_online();
  hear("incoming", "bob", R"(,"callId":11)");
  tell(input::Accept{});
  hear("ended", "bob", R"(,"callId":11,"reason":"cancelled")");
  hear("incoming", "bob", R"(,"callId":12)");
  EXPECT_EQ(said(), Texts{numbered("accept", "bob", 11)});
  refuse("no-call", "accept", 11);
  EXPECT_EQ(state(), CallState::incoming);
  tell(input::Accept{});
  EXPECT_EQ(said(), Texts{numbered("accept", "bob", 12)});
  refuse("no-call", "accept", 12);
  EXPECT_EQ(ended(), "failed");
}

TEST_F(CoreCall, a_call_that_is_over_is_not_put_through) {
  go_online();
  hear("incoming", "bob", R"(,"callId":11)");
  tell(input::Reject{});
  hear("incoming", "bob", R"(,"callId":12)");
  (void)drain(outputs);
  hear("accepted", "bob", R"(,"callId":11,"room":"call-1")");
  EXPECT_EQ(state(), CallState::incoming);
  EXPECT_EQ(said(), Texts{numbered("hangup", "bob", 11)});
}

TEST_F(CoreCall, who_calls_while_our_goodbye_is_on_its_way_rings) {
  go_online();
  dial("bob");
  tell(input::HangUp{});
  (void)drain(outputs);
  hear("incoming", "bob", R"(,"callId":11)");
  EXPECT_EQ(state(), CallState::incoming);
  EXPECT_EQ(said(), Texts{});
}

TEST_F(CoreCall, who_gives_up_while_each_calls_the_other_gives_up_both_calls) {
  go_online();
  dial("bob");
  hear("incoming", "bob", R"(,"callId":11)");
  (void)drain(outputs);
  tell(input::HangUp{});
  EXPECT_EQ(said(), (Texts{numbered("cancel", "bob", 11), numbered("cancel", "bob", 1)}));
}

TEST_F(CoreCall, each_calls_the_other_and_ours_has_come_about_when_the_socket_is_back) {
  go_online();
  dial("bob");
  hear("incoming", "bob", R"(,"callId":11)");
  (void)drain(outputs);
  lose_socket_and_come_back(standing("bob", "outgoing", "", 1));
  EXPECT_EQ(said(), Texts{});
  hear("accepted", "bob", R"(,"callId":1,"room":"call-1")");
  EXPECT_EQ(state(), CallState::accepted);
}

TEST_F(CoreCall, a_call_of_before_that_stands_when_the_socket_is_back_is_ended_and_the_next_one_rings) {
  go_online();
  dial("bob");
  lose_socket();
  tell(input::HangUp{});
  dial("bob");
  come_back(standing("bob", "outgoing", "", 1));
  EXPECT_EQ(said(), (Texts{numbered("cancel", "bob", 1), numbered("call", "bob", 2)}));
  EXPECT_EQ(state(), CallState::outgoing);
}

TEST_F(CoreCall, who_was_declined_and_rings_again_in_the_meantime_rings) {
  go_online();
  hear("incoming", "bob", R"(,"callId":11)");
  tell(input::Reject{});
  lose_socket_and_come_back(standing("bob", "incoming", "", 12));
  EXPECT_EQ(state(), CallState::incoming);
}

// A socket is lost, in every state.

TEST_F(CoreCall, a_call_that_rings_goes_on_after_a_lost_socket) {
  go_online();
  dial("bob");
  lose_socket_and_come_back(standing("bob", "outgoing"));
  EXPECT_EQ(state(), CallState::outgoing);
  lose_socket_and_come_back(standing("bob", "accepted", "call-1"));
  EXPECT_EQ(call().room, "call-1");
  EXPECT_EQ(said(), Texts{});
}

TEST_F(CoreCall, a_call_that_the_host_has_forgotten_is_over_while_it_rings) {
  go_online();
  dial("bob");
  lose_socket_and_come_back("null");
  EXPECT_EQ(ended(), "failed");
  hear("incoming", "bob");
  lose_socket_and_come_back("null");
  EXPECT_EQ(ended(), "failed");
}

TEST_F(CoreCall, a_call_that_the_host_has_forgotten_goes_on_once_it_was_accepted) {
  talk();
  lose_socket_and_come_back("null");
  EXPECT_EQ(state(), CallState::accepted);
  EXPECT_EQ(call().room, "call-1");
  EXPECT_EQ(said(), Texts{});
}

TEST_F(CoreCall, a_call_that_came_in_the_meantime_rings) {
  go_online();
  lose_socket_and_come_back(standing("bob", "incoming"));
  EXPECT_EQ(state(), CallState::incoming);
  EXPECT_EQ(call().with.id, "id-bob");
  advance(limits.ring_timeout);
  EXPECT_EQ(ended(), "timed-out");
}

TEST_F(CoreCall, one_that_rang_before_is_over_where_another_rings_now) {
  go_online();
  hear("incoming", "bob");
  lose_socket_and_come_back(standing("eve", "incoming"));
  EXPECT_EQ(state(), CallState::incoming);
  EXPECT_EQ(call().with.name, "eve");
}

TEST_F(CoreCall, who_came_in_the_meantime_to_one_who_talks_hears_busy) {
  talk();
  lose_socket_and_come_back(standing("eve", "incoming"));
  EXPECT_EQ(call().with.name, "bob");
  EXPECT_EQ(said(), Texts{rejecting("eve", "busy")});
}

TEST_F(CoreCall, who_hung_up_and_calls_again_in_the_meantime_rings) {
  talk();
  lose_socket_and_come_back(standing("bob", "incoming"));
  EXPECT_EQ(state(), CallState::incoming);
}

TEST_F(CoreCall, an_answer_that_was_lost_is_given_again) {
  go_online();
  hear("incoming", "bob");
  tell(input::Accept{});
  lose_socket_and_come_back(standing("bob", "incoming"));
  EXPECT_EQ(said(), Texts{message("accept", "bob")});
  lose_socket_and_come_back(standing("bob", "accepted", "call-1"));
  EXPECT_EQ(state(), CallState::accepted);
}

TEST_F(CoreCall, each_calls_the_other_and_one_hears_of_it_on_coming_back) {
  go_online();
  lose_socket();
  dial("bob");
  come_back(standing("bob", "incoming"));
  EXPECT_EQ(said(), Texts{message("accept", "bob")});
  EXPECT_EQ(state(), CallState::outgoing);
}

TEST_F(CoreCall, who_dials_without_a_socket_is_put_through_on_coming_back) {
  go_online();
  lose_socket();
  dial("bob");
  come_back();
  EXPECT_EQ(said(), Texts{numbered("call", "bob", 1)});
  EXPECT_EQ(state(), CallState::outgoing);
}

TEST_F(CoreCall, who_dials_without_a_socket_and_thinks_better_of_it_calls_nobody) {
  go_online();
  lose_socket();
  dial("bob");
  tell(input::HangUp{});
  come_back();
  EXPECT_EQ(said(), Texts{});
  EXPECT_EQ(ended(), "cancelled");
}

TEST_F(CoreCall, a_goodbye_without_a_socket_is_said_on_coming_back) {
  go_online();
  dial("bob");
  lose_socket();
  tell(input::HangUp{});
  come_back(standing("bob", "outgoing"));
  EXPECT_EQ(said(), Texts{message("cancel", "bob")});

  hear("incoming", "bob");
  lose_socket();
  tell(input::Reject{});
  come_back(standing("bob", "incoming"));
  EXPECT_EQ(said(), Texts{rejecting("bob", "rejected")});
  EXPECT_EQ(state(), CallState::idle);

  dial("bob");
  hear("accepted", "bob", R"(,"room":"call-1")");
  lose_socket();
  tell(input::HangUp{});
  come_back(standing("bob", "accepted", "call-1"));
  EXPECT_EQ(said(), Texts{message("hangup", "bob")});
  EXPECT_EQ(ended(), "ended");
}

TEST_F(CoreCall, a_goodbye_that_may_have_been_lost_with_its_socket_is_said_again) {
  go_online();
  hear("incoming", "bob");
  tell(input::Reject{});
  lose_socket_and_come_back(standing("bob", "incoming"));
  EXPECT_EQ(state(), CallState::idle);
  EXPECT_EQ(said(), Texts{rejecting("bob", "rejected")});
}

TEST_F(CoreCall, who_was_hung_up_on_and_somebody_else_is_dialled_before_it_comes_back) {
  go_online();
  dial("bob");
  lose_socket();
  tell(input::HangUp{});
  dial("eve");
  come_back(standing("bob", "outgoing"));
  EXPECT_EQ(said(), (Texts{message("cancel", "bob"), numbered("call", "eve", 2)}));
  EXPECT_EQ(call().with.name, "eve");
}

TEST_F(CoreCall, it_stops_ringing_without_a_socket_too) {
  go_online();
  hear("incoming", "bob");
  lose_socket();
  advance(limits.ring_timeout);
  EXPECT_EQ(ended(), "timed-out");
}

TEST_F(CoreCall, when_there_will_be_no_other_socket_what_rings_is_over_and_media_is_not) {
  talk();
  tell(input::SocketClosed{.socket = socket, .code = 4001, .reason = {}});
  EXPECT_EQ(state(), CallState::accepted);

  Directory other({.url = "ws://host/ws", .name = "eve", .id = {}, .seed = 1});
  other.handle(input::Register{}, now);
  other.handle(input::Dial{.name = "bob"}, now);
  EXPECT_EQ(other.snapshot().call.state, CallState::outgoing);
  other.handle(input::SocketOpened{.socket = 1}, now);
  other.handle(
      input::SocketMessage{.socket = 1, .text = R"({"type":"error","code":"name-taken","re":"register"})"},
      now);
  EXPECT_EQ(other.snapshot().call.reason.code, "failed");
}

}  // namespace
}  // namespace parley

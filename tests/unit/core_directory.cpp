#include "core/directory.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/state_names.hpp"
#include "core_directory_test.hpp"

namespace parley {
namespace {

class CoreDirectory : public DirectoryTest {};

std::string users(const std::string& names) {
  std::string list;
  for (const char name : names) {
    if (!list.empty()) list += ',';
    list += std::string(R"({"name":")") + name + R"(","id":"1"})";
  }
  return R"({"type":"users","users":[)" + list + R"(,{"name":"ada","id":"7"}]})";
}

std::string names(const std::vector<User>& users) {
  std::string text;
  for (const User& user : users) text += user.name;
  return text;
}

TEST_F(CoreDirectory, it_does_nothing_before_it_is_told_to_register) {
  EXPECT_EQ(directory.snapshot().reason.code, "idle");
  tell(input::Retry{});
  tell(input::NetworkChanged{});
  tell(input::Timeout{});
  EXPECT_EQ(count<output::OpenSocket>(outputs), 0U);
  EXPECT_EQ(directory.next_timeout(), std::nullopt);
}

TEST_F(CoreDirectory, it_registers_on_a_socket_of_its_own) {
  open();
  EXPECT_EQ(only<output::OpenSocket>(outputs).url, "ws://host/ws");
  const std::string text = only_sent(drain(outputs));
  EXPECT_EQ(text.substr(0, text.find(R"("secret")")), R"({"type":"register","name":"ada","id":"7",)");
  EXPECT_EQ(directory.snapshot().state, LinkState::connecting);
  welcome();
  EXPECT_EQ(directory.snapshot().state, LinkState::connected);
  EXPECT_EQ(directory.snapshot().reason.code, "online");
}

TEST_F(CoreDirectory, the_secret_is_another_for_each_page_and_the_same_for_each_socket) {
  open();
  const std::string first = only_sent(drain(outputs));
  welcome();
  lose_socket();
  (void)drain(outputs);
  now = *directory.next_timeout();
  tell(input::Timeout{});
  tell(input::SocketOpened{.socket = socket});
  EXPECT_EQ(only_sent(drain(outputs)), first);

  Directory other({.url = "ws://host/ws", .name = "ada", .id = "7", .seed = 2});
  other.handle(input::Register{}, now);
  other.handle(input::SocketOpened{.socket = 1}, now);
  while (const auto output = other.poll()) {
    const auto* send = std::get_if<output::SendSocket>(&*output);
    EXPECT_TRUE(send == nullptr || send->text != first);
  }
}

TEST_F(CoreDirectory, everybody_else_is_told_and_only_when_that_is_news) {
  go_online();
  hear(users("bc"));
  EXPECT_EQ(names(only<output::UsersChanged>(drain(outputs)).users), "bc");
  hear(users("bc"));
  EXPECT_EQ(count<output::UsersChanged>(drain(outputs)), 0U);
  hear(R"({"type":"users","users":[]})");
  EXPECT_TRUE(only<output::UsersChanged>(drain(outputs)).users.empty());
}

TEST_F(CoreDirectory, who_is_in_a_call_is_told_with_the_list_and_with_its_changes) {
  const auto in_call = [&] {
    std::string letters;
    for (const User& user : directory.snapshot().users) letters += user.in_call ? user.name : "";
    return letters;
  };
  go_online();
  hear(R"({"type":"users","users":[{"name":"b","id":"1"},{"name":"c","id":"2","inCall":true}]})");
  EXPECT_EQ(in_call(), "c");
  hear(R"({"type":"users-changed","left":[],"joined":[{"name":"d","id":"3","inCall":true}],)"
       R"("changed":[{"name":"c","inCall":false},{"name":"b","inCall":true},{"name":"x","inCall":true}]})");
  EXPECT_EQ(in_call(), "bd");
  EXPECT_EQ(names(directory.snapshot().users), "bcd");
  EXPECT_EQ(directory.snapshot().users.front().id, "1");
  (void)drain(outputs);
  hear(R"({"type":"users-changed","left":[],"joined":[],"changed":[{"name":"b","inCall":false}]})");
  EXPECT_EQ(count<output::UsersChanged>(outputs), 1U);
  EXPECT_EQ(in_call(), "d");
}

TEST_F(CoreDirectory, who_is_online_stays_known_while_the_socket_is_lost_and_not_after_leaving) {
  go_online();
  hear(users("bc"));
  lose_socket();
  EXPECT_EQ(directory.snapshot().state, LinkState::reconnecting);
  EXPECT_EQ(names(directory.snapshot().users), "bc");
  (void)drain(outputs);
  tell(input::Leave{});
  EXPECT_TRUE(only<output::UsersChanged>(drain(outputs)).users.empty());
}

TEST_F(CoreDirectory, leaving_says_so_and_comes_back_only_when_told) {
  go_online();
  tell(input::Leave{});
  EXPECT_EQ(sent(outputs), Texts{R"({"type":"leave"})"});
  EXPECT_EQ(only<output::CloseSocket>(drain(outputs)).code, 1000);
  EXPECT_EQ(directory.snapshot().state, LinkState::lost);
  EXPECT_EQ(directory.snapshot().reason.code, "left");
  EXPECT_EQ(directory.next_timeout(), std::nullopt);
  open();
  welcome();
  EXPECT_EQ(directory.snapshot().state, LinkState::connected);
}

TEST_F(CoreDirectory, leaving_before_the_host_has_answered_leaves_nobody_behind) {
  open();
  (void)drain(outputs);
  tell(input::Leave{});
  EXPECT_EQ(sent(drain(outputs)), Texts{R"({"type":"leave"})"});
}

TEST_F(CoreDirectory, a_name_that_is_taken_is_final_at_first) {
  open();
  refuse("name-taken", "register");
  EXPECT_EQ(directory.snapshot().state, LinkState::lost);
  EXPECT_EQ(directory.snapshot().reason.code, "name-taken");
  EXPECT_EQ(directory.snapshot().reason.message, "No.");
  EXPECT_EQ(directory.next_timeout(), std::nullopt);
  tell(input::Register{});
  EXPECT_EQ(directory.snapshot().state, LinkState::connecting);
}

TEST_F(CoreDirectory, a_name_that_was_ours_is_tried_again) {
  go_online();
  lose_socket();
  now = *directory.next_timeout();
  tell(input::Timeout{});
  tell(input::SocketOpened{.socket = socket});
  refuse("name-taken", "register");
  EXPECT_EQ(directory.snapshot().state, LinkState::reconnecting);
  EXPECT_EQ(directory.snapshot().reason.code, "name-taken");
  come_back();
  EXPECT_EQ(directory.snapshot().state, LinkState::connected);
}

TEST_F(CoreDirectory, a_refusal_for_haste_is_tried_again_and_any_other_is_final) {
  open();
  refuse("too-fast", "register");
  EXPECT_EQ(directory.snapshot().state, LinkState::connecting);
  const SocketId dropped = socket;
  advance(limits.backoff_first);
  EXPECT_NE(socket, dropped);
  tell(input::SocketOpened{.socket = socket});
  refuse("bad-field", "register");
  EXPECT_EQ(directory.snapshot().state, LinkState::lost);
}

// What the host dropped may have been a goodbye; and one that does not know us has forgotten our call.
TEST_F(CoreDirectory, a_host_that_is_of_another_mind_is_asked_how_things_stand) {
  for (const char* code : {"too-fast", "not-registered"}) {
    go_online();
    refuse(code, "hangup");
    EXPECT_EQ(count<output::CloseSocket>(outputs), 1U) << code;
    EXPECT_EQ(directory.snapshot().state, LinkState::reconnecting) << code;
    tell(input::Leave{});
  }
}

TEST_F(CoreDirectory, a_registration_that_goes_on_elsewhere_is_not_taken_back) {
  go_online();
  tell(input::SocketClosed{.socket = socket, .code = 4001, .reason = {}});
  EXPECT_EQ(directory.snapshot().state, LinkState::lost);
  EXPECT_EQ(directory.snapshot().reason.code, "replaced");
}

TEST_F(CoreDirectory, a_host_that_does_not_answer_is_given_up_and_tried_again) {
  open();
  advance(limits.socket_timeout);
  EXPECT_EQ(directory.snapshot().reason.code, "host-silent");
  come_back();
  EXPECT_EQ(directory.snapshot().state, LinkState::connected);
}

TEST_F(CoreDirectory, silence_is_met_with_a_ping_and_further_silence_with_another_socket) {
  go_online();
  now += limits.heartbeat;
  tell(input::Timeout{});
  EXPECT_EQ(sent(drain(outputs)), Texts{ping});
  now += limits.heartbeat_grace;
  tell(input::Timeout{});
  EXPECT_EQ(directory.snapshot().state, LinkState::reconnecting);
}

TEST_F(CoreDirectory, a_changed_network_is_probed_at_once) {
  go_online();
  tell(input::NetworkChanged{});
  EXPECT_EQ(sent(drain(outputs)), Texts{ping});
  lose_socket();
  tell(input::NetworkChanged{});
  EXPECT_EQ(count<output::OpenSocket>(drain(outputs)), 1U) << "no time is waited out";
}

TEST_F(CoreDirectory, trying_again_is_at_once) {
  open();
  refuse("name-taken", "register");
  (void)drain(outputs);
  tell(input::Retry{});
  EXPECT_EQ(count<output::OpenSocket>(drain(outputs)), 1U);
}

TEST_F(CoreDirectory, a_state_is_told_once) {
  go_online();
  hear(users("b"));
  tell(input::Timeout{});
  EXPECT_EQ(count<output::StateChanged>(drain(outputs)), 0U);
  lose_socket();
  EXPECT_EQ(only<output::StateChanged>(drain(outputs)).state, LinkState::reconnecting);
}

TEST_F(CoreDirectory, a_name_larger_than_the_host_takes_is_given_up_with_a_reason) {
  Directory big({.url = "ws://host/ws", .name = std::string(limits.host_bytes, 'x'), .id = {}, .seed = 1});
  big.handle(input::Register{}, now);
  big.handle(input::SocketOpened{.socket = 1}, now);
  EXPECT_EQ(big.snapshot().state, LinkState::lost);
  EXPECT_EQ(big.snapshot().reason.code, "message-too-big");
}

TEST_F(CoreDirectory, an_error_that_answers_nothing_of_a_call_is_raised) {
  go_online();
  refuse("bad-field", "hangup");
  EXPECT_EQ(only<output::ErrorRaised>(drain(outputs)).reason.code, "bad-field");
  for (const char* re : {"cancel", "hangup", "reject"}) refuse("no-call", re);
  EXPECT_EQ(count<output::ErrorRaised>(drain(outputs)), 0U) << "a call may be over before one says so";
}

TEST_F(CoreDirectory, what_came_on_an_older_socket_counts_no_more) {
  go_online();
  const SocketId old = socket;
  lose_socket_and_come_back("null");
  tell(input::SocketMessage{.socket = old, .text = R"({"type":"incoming","name":"bob"})"});
  tell(input::SocketClosed{.socket = old, .code = 4001, .reason = {}});
  EXPECT_EQ(state(), CallState::idle);
  EXPECT_EQ(directory.snapshot().state, LinkState::connected);
}

TEST_F(CoreDirectory, garbage_from_the_host_does_nothing) {
  const Texts garbage{
      "",
      "{",
      "[]",
      "\xff",
      R"({"type":7})",
      R"({"type":"from-the-future"})",
      R"({"type":"users"})",
      R"({"type":"users","users":{}})",
      R"({"type":"incoming"})",
      R"({"type":"incoming","name":""})",
      R"({"type":"incoming","name":7})",
      R"({"type":"accepted","name":"bob"})",
      R"({"type":"accepted","name":"bob","room":""})",
      R"({"type":"rejected","reason":"busy"})",
      R"({"type":"ended"})",
      R"({"type":"registered","call":{"name":"bob","state":"incoming"}})",
  };
  go_online();
  for (const std::string& text : garbage) {
    hear(text);
    EXPECT_EQ(drain(outputs).size(), 0U) << text;
  }
  lose_socket();
  for (const char* call : {"7", "[]", "{}", R"({"name":"bob"})", R"({"name":"bob","state":"idle"})",
                           R"({"name":"bob","state":"accepted"})", R"({"state":"incoming"})",
                           R"({"name":"","state":"incoming"})"}) {
    come_back(call);
    EXPECT_EQ(state(), CallState::idle) << call;
    EXPECT_EQ(said(), Texts{}) << call;
    lose_socket();
  }
}

TEST_F(CoreDirectory, before_it_is_registered_nothing_is_heard_of_users_and_calls) {
  open();
  (void)drain(outputs);
  hear(users("b"));
  hear("incoming", "bob");
  pong();
  EXPECT_EQ(drain(outputs).size(), 0U);
}

TEST_F(CoreDirectory, users_without_a_name_are_left_out_and_one_without_an_id_is_named_so) {
  go_online();
  hear(R"({"type":"users","users":[{},7,{"name":""},{"name":"bob"},{"id":"9"}]})");
  EXPECT_EQ(only<output::UsersChanged>(drain(outputs)).users,
            (std::vector<User>{{.name = "bob", .id = "bob"}}));
}

TEST_F(CoreDirectory, changes_are_applied_to_the_list_and_each_message_of_it_is_answered) {
  const std::string next = R"({"type":"users"})";
  go_online();
  hear(users("bcd"));
  EXPECT_EQ(sent(drain(outputs)), Texts{next});
  hear(R"({"type":"users-changed","left":["c","x"],"joined":[{"name":"e","id":"1"},{"name":"b","id":"2"}]})");
  const Outputs told = drain(outputs);
  EXPECT_EQ(names(only<output::UsersChanged>(told).users), "deb");
  EXPECT_EQ(only<output::UsersChanged>(told).users.back().id, "2");
  EXPECT_EQ(sent(told), Texts{next});
  hear(R"({"type":"users-changed","left":[],"joined":[{"name":"ada","id":"7"}]})");
  EXPECT_EQ(count<output::UsersChanged>(outputs), 0U) << "oneself is not listed";
  EXPECT_EQ(sent(drain(outputs)), Texts{next});
}

TEST_F(CoreDirectory, ten_thousand_users_are_no_trouble) {
  go_online();
  std::string list = R"({"type":"users","users":[)";
  for (int i = 0; i < 10'000; ++i) {
    list += R"({"name":"user)" + std::to_string(i) + R"(","id":")" + std::to_string(i) + R"("},)";
  }
  list.back() = ']';
  hear(list + "}");
  EXPECT_EQ(only<output::UsersChanged>(drain(outputs)).users.size(), 10'000U);
}

}  // namespace
}  // namespace parley

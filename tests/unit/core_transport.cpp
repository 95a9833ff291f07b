#include "core/transport.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/limits.hpp"
#include "core_outputs.hpp"

namespace parley {
namespace {

using State = Transport::State;

constexpr Duration ms{1};

Identity ada() {
  return {.url = "ws://host/ws",
          .join = {.room = "r",
                   .name = "Ada",
                   .meta = "{}",
                   .secret = "i",
                   .former = std::nullopt,
                   .peer = std::nullopt,
                   .token = std::nullopt,
                   .resume = std::nullopt},
          .chosen_peer = false};
}

wire::Signal candidate(std::string text) {
  Candidate said;
  said.candidate = std::move(text);
  return {.peer = "bob", .body = std::move(said), .link = std::nullopt};
}

wire::Signal candidate(int number) {
  return candidate(std::to_string(number));
}

std::string numbered(Sequence sequence) {
  return R"({"type":"peer-away","id":"bob","seq":)" + std::to_string(sequence) + "}";
}

/// A transport, its clock, and the socket it has at the moment.
class CoreTransport : public testing::Test {
 protected:
  void connect() {
    transport.start(now);
    socket = only<output::OpenSocket>(drain(outputs)).socket;
    transport.opened(socket, now);
  }

  void join(const std::string& more = "") {
    connect();
    (void)drain(outputs);
    welcome(R"("session":"s","resumed":false)" + more);
    (void)drain(outputs);
  }

  void welcome(const std::string& fields) {
    hear(R"({"type":"joined","room":"r","self":"a",)" + fields + "}");
  }

  std::optional<wire::Message> hear(const std::string& text) { return transport.received(socket, text, now); }

  /// Runs the clock up to this moment, waking the transport whenever it asked for that.
  Outputs advance(Duration duration) {
    const Instant end = now + duration;
    int wakes = 0;
    while (due(transport.next_timeout(), end)) {
      EXPECT_LT(++wakes, 1'000) << "a timeout that stays in the past";
      if (wakes >= 1'000) break;
      now = std::max(now, *transport.next_timeout());
      transport.timeout(now);
    }
    now = end;
    return drain(outputs);
  }

  void lose_socket() { transport.closed(socket, 1006, "", now); }

  /// Waits out the backoff: what is said on the next socket when it opens.
  std::string reconnect() {
    now = *transport.next_timeout();
    transport.timeout(now);
    socket = only<output::OpenSocket>(drain(outputs)).socket;
    transport.opened(socket, now);
    return only_sent(drain(outputs));
  }

  Instant now{};
  Random random{1};
  Outputs outputs;
  Transport transport{ada(), random, outputs};
  SocketId socket = 0;
};

TEST_F(CoreTransport, it_opens_a_socket_and_joins_on_it) {
  transport.start(now);
  const auto open = only<output::OpenSocket>(drain(outputs));
  EXPECT_EQ(open.url, "ws://host/ws");
  EXPECT_EQ(open.protocol, "parley.v1");
  EXPECT_EQ(transport.state(), State::connecting);
  transport.opened(open.socket, now);
  EXPECT_EQ(only_sent(drain(outputs)), R"({"type":"join","room":"r","secret":"i","name":"Ada","meta":{}})");
  EXPECT_EQ(transport.state(), State::joining);
}

TEST_F(CoreTransport, a_welcome_makes_it_joined) {
  connect();
  const auto message = hear(R"({"type":"joined","room":"r","self":"a","session":"s"})");
  ASSERT_TRUE(message);
  EXPECT_TRUE(std::holds_alternative<wire::Joined>(*message));
  EXPECT_TRUE(transport.joined());
}

TEST_F(CoreTransport, a_socket_that_does_not_open_in_time_is_given_up) {
  transport.start(now);
  (void)drain(outputs);
  now += limits.socket_timeout;
  transport.timeout(now);
  EXPECT_EQ(count<output::CloseSocket>(drain(outputs)), 1U);
  EXPECT_EQ(transport.state(), State::waiting);
  EXPECT_EQ(transport.reason().code, "host-silent");
}

TEST_F(CoreTransport, a_join_that_is_not_answered_in_time_is_given_up) {
  connect();
  EXPECT_EQ(transport.next_timeout(), now + limits.socket_timeout);
  now += limits.socket_timeout;
  transport.timeout(now);
  EXPECT_EQ(transport.state(), State::waiting);
}

TEST_F(CoreTransport, backoff_is_exponential_with_full_jitter_up_to_a_cap) {
  transport.start(now);
  Duration most = limits.backoff_first;
  for (int attempt = 0; attempt < 12; ++attempt) {
    transport.closed(only<output::OpenSocket>(drain(outputs)).socket, 1006, "", now);
    EXPECT_LE(*transport.next_timeout() - now, most) << "attempt " << attempt;
    most = std::min(limits.backoff_cap, most * 2);
    now = *transport.next_timeout();
    transport.timeout(now);
  }
  EXPECT_EQ(most, limits.backoff_cap);
}

TEST_F(CoreTransport, jitter_spreads_the_retries_of_many_clients_over_the_whole_backoff) {
  Duration least = limits.backoff_first;
  Duration most{};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random seeded(seed);
    Transport client(ada(), seeded, outputs);
    client.start(now);
    client.closed(only<output::OpenSocket>(drain(outputs)).socket, 1006, "", now);
    least = std::min(least, *client.next_timeout() - now);
    most = std::max(most, *client.next_timeout() - now);
  }
  EXPECT_LT(least, limits.backoff_first / 10);
  EXPECT_GT(most, limits.backoff_first * 9 / 10);
}

TEST_F(CoreTransport, a_socket_that_was_good_for_a_while_starts_the_backoff_anew) {
  join();
  for (int i = 0; i < 8; ++i) {
    lose_socket();
    (void)reconnect();
    welcome(R"("session":"s","resumed":true)");
    (void)drain(outputs);
  }
  now += limits.stable_after;
  lose_socket();
  EXPECT_LE(*transport.next_timeout() - now, limits.backoff_first);
}

TEST_F(CoreTransport, sockets_that_do_not_last_do_not_start_the_backoff_anew) {
  Duration longest{};
  join();
  for (int i = 0; i < 40; ++i) {
    now += limits.stable_after - ms;
    lose_socket();
    longest = std::max(longest, *transport.next_timeout() - now);
    (void)reconnect();
    welcome(R"("session":"s","resumed":true)");
    (void)drain(outputs);
  }
  EXPECT_GT(longest, limits.backoff_cap / 2);
}

TEST_F(CoreTransport, silence_is_met_with_a_ping_and_further_silence_with_another_socket) {
  join();
  now += limits.heartbeat;
  transport.timeout(now);
  EXPECT_EQ(only_sent(drain(outputs)), R"({"type":"ping","ack":0})");
  now += limits.heartbeat_grace - ms;
  transport.timeout(now);
  EXPECT_TRUE(transport.joined());
  now += ms;
  transport.timeout(now);
  EXPECT_EQ(only<output::CloseSocket>(drain(outputs)).socket, socket);
  EXPECT_EQ(transport.state(), State::waiting);
}

TEST_F(CoreTransport, whatever_the_host_says_is_a_sign_of_life) {
  join();
  for (int i = 0; i < 10; ++i) {
    now += limits.heartbeat;
    transport.timeout(now);
    EXPECT_EQ(only_sent(drain(outputs)), R"({"type":"ping","ack":0})");
    (void)hear(R"({"type":"pong","ack":0})");
  }
  EXPECT_TRUE(transport.joined());
}

TEST_F(CoreTransport, the_host_sets_the_heartbeat) {
  join(R"(,"limits":{"heartbeatSeconds":3})");
  EXPECT_EQ(transport.next_timeout(), now + Duration{3'000});
}

TEST_F(CoreTransport, a_changed_network_is_probed_at_once) {
  join();
  transport.probe(now);
  EXPECT_EQ(only_sent(drain(outputs)), R"({"type":"ping","ack":0})");
  EXPECT_EQ(transport.next_timeout(), now + limits.probe_grace);
}

TEST_F(CoreTransport, a_network_that_changes_all_the_time_does_not_hide_a_dead_socket) {
  join();
  const Instant end = now + limits.probe_grace;
  for (; now < end; now += limits.probe_grace / 4) {
    transport.probe(now);
    transport.timeout(now);
  }
  transport.timeout(now);
  EXPECT_EQ(transport.state(), State::waiting);
}

TEST_F(CoreTransport, a_changed_network_ends_the_wait_for_the_next_attempt) {
  join();
  lose_socket();
  transport.probe(now);
  EXPECT_EQ(count<output::OpenSocket>(drain(outputs)), 1U);
}

TEST_F(CoreTransport, what_is_sent_is_numbered_and_carries_the_latest_acknowledgement) {
  join();
  (void)hear(numbered(1));
  transport.send(candidate(1));
  EXPECT_EQ(only_sent(drain(outputs)),
            R"({"type":"signal","seq":1,"to":"bob","candidate":{"candidate":"1"},"ack":1})");
  EXPECT_EQ(advance(limits.ack_delay).size(), 0U) << "it was acknowledged already";
}

TEST_F(CoreTransport, an_acknowledgement_that_nothing_carries_goes_alone) {
  join();
  (void)hear(numbered(1));
  EXPECT_EQ(only_sent(advance(limits.ack_delay)), R"({"type":"ack","ack":1})");
}

TEST_F(CoreTransport, many_messages_are_acknowledged_without_a_wait) {
  join();
  for (Sequence i = 1; i <= limits.ack_every; ++i) (void)hear(numbered(i));
  EXPECT_EQ(only_sent(advance(Duration{0})), R"({"type":"ack","ack":32})");
}

TEST_F(CoreTransport, a_message_that_comes_again_is_dropped) {
  join();
  EXPECT_TRUE(hear(numbered(1)));
  EXPECT_FALSE(hear(numbered(1)));
  EXPECT_TRUE(hear(numbered(2)));
}

TEST_F(CoreTransport, a_lost_socket_is_resumed_from_where_it_broke) {
  join();
  (void)hear(numbered(1));
  (void)hear(numbered(2));
  lose_socket();
  EXPECT_EQ(transport.reason().code, "socket-closed");
  EXPECT_EQ(reconnect(), R"({"type":"join","room":"r","secret":"i","peer":"a","name":"Ada","meta":{},)"
                         R"("resume":{"session":"s","ack":2}})");
}

TEST_F(CoreTransport, a_resume_replays_what_the_host_did_not_get_once_and_in_order) {
  join();
  transport.send(candidate(1));
  transport.send(candidate(2));
  lose_socket();
  transport.send(candidate(3));
  EXPECT_EQ(sent(drain(outputs)).size(), 2U) << "nothing goes out while there is no socket";
  (void)reconnect();
  welcome(R"("session":"s","resumed":true,"ack":1)");
  EXPECT_EQ(
      sent(drain(outputs)),
      (std::vector<std::string>{R"({"type":"signal","seq":2,"to":"bob","candidate":{"candidate":"2"}})",
                                R"({"type":"signal","seq":3,"to":"bob","candidate":{"candidate":"3"}})"}));
  EXPECT_FALSE(transport.lost_messages());
}

TEST_F(CoreTransport, what_comes_after_a_resume_continues_the_numbers) {
  join();
  (void)hear(numbered(1));
  lose_socket();
  (void)reconnect();
  welcome(R"("session":"s","resumed":true,"ack":0)");
  EXPECT_FALSE(hear(numbered(1)));
  EXPECT_TRUE(hear(numbered(2)));
}

TEST_F(CoreTransport, a_host_that_does_not_know_the_session_starts_both_directions_anew) {
  join();
  (void)hear(numbered(1));
  transport.send(candidate(1));
  lose_socket();
  (void)reconnect();
  (void)drain(outputs);
  welcome(R"("session":"t","resumed":false)");
  EXPECT_EQ(sent(drain(outputs)), std::vector<std::string>{});
  EXPECT_TRUE(hear(numbered(1)));
  transport.send(candidate(2));
  EXPECT_EQ(only_sent(drain(outputs)),
            R"({"type":"signal","seq":1,"to":"bob","candidate":{"candidate":"2"},"ack":1})");
}

TEST_F(CoreTransport, a_resume_that_nobody_asked_for_is_a_fresh_join) {
  connect();
  const auto message = hear(R"({"type":"joined","room":"r","self":"a","session":"s","resumed":true})");
  ASSERT_TRUE(message);
  EXPECT_FALSE(std::get<wire::Joined>(*message).resumed);
}

TEST_F(CoreTransport, a_gap_is_closed_by_resuming) {
  join();
  (void)hear(numbered(1));
  EXPECT_FALSE(hear(numbered(3)));
  EXPECT_EQ(count<output::CloseSocket>(drain(outputs)), 1U);
  EXPECT_NE(reconnect().find(R"("resume":{"session":"s","ack":1})"), std::string::npos);
  welcome(R"("session":"s","resumed":true,"ack":0)");
  EXPECT_TRUE(hear(numbered(2)));
  EXPECT_TRUE(hear(numbered(3)));
}

TEST_F(CoreTransport, a_gap_that_resuming_does_not_close_is_lived_with) {
  join();
  EXPECT_FALSE(hear(numbered(2)));
  (void)drain(outputs);
  (void)reconnect();
  welcome(R"("session":"s","resumed":true,"ack":0)");
  EXPECT_TRUE(hear(numbered(2)));
  EXPECT_TRUE(transport.joined());
  EXPECT_TRUE(hear(numbered(3)));
}

TEST_F(CoreTransport, a_message_that_is_not_understood_is_no_gap) {
  join();
  (void)hear(R"({"type":"signal","seq":1,"from":"eve","description":{"type":"pranswer","sdp":""}})");
  (void)hear(R"({"type":"from-the-future","seq":2})");
  EXPECT_TRUE(hear(numbered(3)));
  EXPECT_TRUE(transport.joined());
}

TEST_F(CoreTransport, garbage_from_the_host_does_nothing) {
  join();
  for (const char* text :
       {"", "{", "[]", "{}", "\xff", R"({"type":"joined","room":"r","self":"x","session":"t"})"}) {
    EXPECT_FALSE(hear(text)) << text;
  }
  EXPECT_TRUE(transport.joined());
  EXPECT_EQ(drain(outputs).size(), 0U);
}

TEST_F(CoreTransport, a_stream_that_overflows_gives_up_its_oldest_and_says_so_after_the_resume) {
  join();
  lose_socket();
  for (std::size_t i = 0; i < limits.unacknowledged + 1; ++i) transport.send(candidate(1));
  (void)drain(outputs);
  (void)reconnect();
  welcome(R"("session":"s","resumed":true,"ack":0)");
  EXPECT_TRUE(transport.lost_messages());
  const auto texts = sent(drain(outputs));
  EXPECT_NE(texts.front().find(R"("seq":2,)"), std::string::npos);
  EXPECT_NE(texts.back().find(R"("type":"update")"), std::string::npos)
      << "a change of name may have been lost";
}

TEST_F(CoreTransport, a_host_that_acknowledges_late_costs_no_message) {
  join();
  for (std::size_t i = 0; i < limits.unacknowledged + 10; ++i) transport.send(candidate(1));
  EXPECT_EQ(drain(outputs).size(), limits.unacknowledged + 10);
  lose_socket();
  (void)reconnect();
  welcome(R"("session":"s","resumed":true,"ack":)" + std::to_string(limits.unacknowledged + 10));
  EXPECT_FALSE(transport.lost_messages());
  EXPECT_EQ(sent(drain(outputs)), std::vector<std::string>{});
}

// The host would close the socket with 1009, and the resume would send it again, and so on.
TEST_F(CoreTransport, a_message_larger_than_the_host_takes_is_an_error_and_not_sent) {
  join();
  transport.send(candidate(std::string(limits.host_bytes, 'x')));
  const auto error = only<output::ErrorRaised>(outputs);
  EXPECT_EQ(error.reason.code, "message-too-big");
  EXPECT_EQ(error.peer, "bob");
  EXPECT_EQ(sent(drain(outputs)), std::vector<std::string>{});
  transport.send(candidate(1));
  EXPECT_NE(only_sent(drain(outputs)).find(R"("seq":1,)"), std::string::npos) << "it took no number";
}

TEST_F(CoreTransport, a_message_of_exactly_what_the_host_takes_is_sent) {
  const std::size_t around = wire::encode(candidate(""), 1).size();
  join();
  transport.send(candidate(std::string(limits.host_bytes - around + 1, 'x')));
  EXPECT_EQ(only<output::ErrorRaised>(drain(outputs)).reason.code, "message-too-big");
  transport.send(candidate(std::string(limits.host_bytes - around, 'x')));
  EXPECT_EQ(only_sent(drain(outputs)).size(), limits.host_bytes);
}

TEST_F(CoreTransport, a_host_may_take_less_or_more_than_is_usual) {
  join(R"(,"limits":{"messageBytes":200})");
  transport.send(candidate(std::string(200, 'x')));
  EXPECT_EQ(only<output::ErrorRaised>(drain(outputs)).reason.message,
            "The host takes messages of at most 200 bytes; this one was not sent.");
  transport.send(candidate(std::string(50, 'x')));
  EXPECT_EQ(sent(drain(outputs)).size(), 1U);
}

TEST_F(CoreTransport, a_join_larger_than_the_host_takes_is_given_up_with_a_reason) {
  Identity identity = ada();
  identity.join.name = std::string(limits.host_bytes, 'x');
  Transport big(identity, random, outputs);
  big.start(now);
  big.opened(only<output::OpenSocket>(drain(outputs)).socket, now);
  EXPECT_EQ(big.state(), State::closed);
  EXPECT_EQ(big.reason().code, "message-too-big");
  EXPECT_EQ(big.next_timeout(), Deadline{});
  EXPECT_EQ(count<output::CloseSocket>(drain(outputs)), 1U);
}

TEST_F(CoreTransport, a_full_room_is_final_and_says_why) {
  connect();
  (void)drain(outputs);
  const auto message =
      hear(R"({"type":"error","code":"room-full","message":"This room is full (16 people).","re":"join"})");
  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<wire::Error>(*message).code, "room-full");
  EXPECT_EQ(transport.state(), State::closed);
  EXPECT_EQ(transport.reason().code, "room-full");
  EXPECT_EQ(transport.reason().message, "This room is full (16 people).");
  EXPECT_EQ(count<output::CloseSocket>(drain(outputs)), 1U);
  EXPECT_EQ(transport.next_timeout(), Deadline{});
}

TEST_F(CoreTransport, a_refusal_for_haste_is_tried_again_later) {
  connect();
  EXPECT_FALSE(hear(R"({"type":"error","code":"too-fast","message":"Slow down.","re":"join"})"))
      << "an error that the application can do nothing about";
  EXPECT_EQ(transport.state(), State::waiting);
  EXPECT_EQ(transport.reason().code, "too-fast");
}

TEST_F(CoreTransport, an_assigned_id_that_somebody_else_has_by_now_is_let_go) {
  join();
  lose_socket();
  EXPECT_NE(reconnect().find(R"("peer":"a")"), std::string::npos);
  EXPECT_FALSE(hear(R"({"type":"error","code":"peer-taken","message":"Taken.","re":"join"})"))
      << "an error that the application can do nothing about";
  (void)drain(outputs);
  EXPECT_EQ(transport.state(), State::waiting);
  EXPECT_EQ(reconnect().find(R"("peer":)"), std::string::npos);
}

TEST_F(CoreTransport, a_chosen_id_that_is_taken_is_final) {
  Identity identity = ada();
  identity.join.peer = "ada";
  identity.chosen_peer = true;
  Transport chosen(identity, random, outputs);
  chosen.start(now);
  socket = only<output::OpenSocket>(drain(outputs)).socket;
  chosen.opened(socket, now);
  (void)chosen.received(socket, R"({"type":"error","code":"peer-taken","message":"Taken.","re":"join"})",
                        now);
  EXPECT_EQ(chosen.state(), State::closed);
  EXPECT_EQ(chosen.reason().code, "peer-taken");
}

TEST_F(CoreTransport, a_session_that_went_on_elsewhere_is_not_taken_back) {
  join();
  transport.closed(socket, 4001, "", now);
  EXPECT_EQ(transport.state(), State::closed);
  EXPECT_EQ(transport.reason().code, "replaced");
}

TEST_F(CoreTransport, a_host_that_goes_away_is_looked_for_again) {
  join();
  transport.closed(socket, 1001, "going away", now);
  EXPECT_EQ(transport.state(), State::waiting);
  EXPECT_NE(transport.reason().message.find("going away"), std::string::npos);
}

TEST_F(CoreTransport, an_old_socket_has_nothing_more_to_say) {
  join();
  const SocketId old = socket;
  lose_socket();
  (void)reconnect();
  welcome(R"("session":"s","resumed":true)");
  EXPECT_FALSE(transport.received(old, numbered(1), now));
  transport.closed(old, 4001, "", now);
  transport.opened(old, now);
  EXPECT_TRUE(transport.joined());
}

TEST_F(CoreTransport, leaving_says_goodbye_closes_and_never_comes_back_by_itself) {
  join();
  transport.leave();
  const Outputs said = drain(outputs);
  EXPECT_EQ(only_sent(said), R"({"type":"leave","seq":1,"ack":0})");
  EXPECT_EQ(only<output::CloseSocket>(said).code, 1000);
  EXPECT_EQ(transport.state(), State::closed);
  transport.closed(socket, 1000, "", now);
  EXPECT_EQ(transport.next_timeout(), Deadline{});
}

TEST_F(CoreTransport, leaving_while_the_join_is_on_its_way_leaves_no_ghost_behind) {
  connect();
  (void)drain(outputs);
  transport.leave();
  EXPECT_EQ(only_sent(drain(outputs)), R"({"type":"leave","seq":1,"ack":0})");
}

TEST_F(CoreTransport, leaving_while_there_is_no_socket_just_ends_it) {
  join();
  lose_socket();
  transport.leave();
  EXPECT_EQ(drain(outputs).size(), 0U);
  EXPECT_EQ(transport.next_timeout(), Deadline{});
}

TEST_F(CoreTransport, who_left_may_join_again_and_then_resumes_nothing) {
  join();
  transport.leave();
  (void)drain(outputs);
  connect();
  EXPECT_EQ(only_sent(drain(outputs)).find("resume"), std::string::npos);
}

TEST_F(CoreTransport, a_new_name_is_in_the_next_join_and_in_an_update) {
  join();
  const wire::Update update{.name = "Ada L.", .meta = std::nullopt};
  transport.identify(update);
  transport.send(update);
  EXPECT_EQ(only_sent(drain(outputs)), R"({"type":"update","seq":1,"name":"Ada L.","ack":0})");
  lose_socket();
  EXPECT_NE(reconnect().find(R"("name":"Ada L.")"), std::string::npos);
}

TEST_F(CoreTransport, a_name_that_changes_before_joining_is_in_the_join) {
  const wire::Update update{.name = "Ada L.", .meta = std::nullopt};
  transport.identify(update);
  transport.send(update);
  EXPECT_EQ(drain(outputs).size(), 0U);
  connect();
  EXPECT_NE(only_sent(drain(outputs)).find(R"("name":"Ada L.")"), std::string::npos);
}

TEST_F(CoreTransport, a_name_that_changes_while_the_join_is_on_its_way_is_not_lost) {
  connect();
  (void)drain(outputs);
  const wire::Update update{.name = "Ada L.", .meta = std::nullopt};
  transport.identify(update);
  transport.send(update);
  welcome(R"("session":"s","resumed":false)");
  EXPECT_EQ(only_sent(drain(outputs)), R"({"type":"update","seq":1,"name":"Ada L.","meta":{},"ack":0})");
}

TEST_F(CoreTransport, hours_without_a_host_wake_it_no_more_often_than_it_can_try) {
  join();
  lose_socket();
  std::size_t attempts = 0;
  for (int i = 0; i < 100; ++i) {
    attempts += count<output::OpenSocket>(advance(Duration{60'000}));
  }
  EXPECT_GT(attempts, 300U);
  EXPECT_LT(attempts, 800U) << "a socket that does not even fail costs its timeout, too";
}

}  // namespace
}  // namespace parley

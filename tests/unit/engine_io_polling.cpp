#include <gtest/gtest.h>

#include "engine_io_world.hpp"

namespace parley::engine_io {
namespace {

TEST(EngineIoPolling, a_post_brings_messages_in_their_order) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.post(1,
                       "4a\x1e"
                       "bAQI=\x1e"
                       "4b"),
            (Lines{"answer 1 200 ok", "received a", "received binary \x01\x02", "received b"}));
}

TEST(EngineIoPolling, what_is_sent_between_polls_waits_for_the_next) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.send("a"), Lines{});
  EXPECT_EQ(world.send("\x01\x02", true), Lines{});
  EXPECT_EQ(world.send("b"), Lines{});
  EXPECT_EQ(world.poll(1), Lines{"answer 1 200 4a|bAQI=|4b"});
  EXPECT_EQ(world.poll(2), Lines{}) << "it is held";
  EXPECT_EQ(world.send("c"), Lines{"answer 2 200 4c"});
}

TEST(EngineIoPolling, a_second_poll_beside_the_first_ends_the_session) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.poll(1), Lines{});
  EXPECT_EQ(world.poll(2),
            (Lines{"answer 2 400 " + std::string(bad_request), "answer 1 200 1", "ended: transport error"}));
  EXPECT_EQ(world.poll(3), Lines{"answer 3 400 " + std::string(unknown_sid)});
}

TEST(EngineIoPolling, a_second_post_beside_the_first_ends_the_session) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.ask(1, "POST", "EIO=4&transport=polling&sid=sid1"), Lines{});
  EXPECT_EQ(world.ask(2, "POST", "EIO=4&transport=polling&sid=sid1"),
            (Lines{"answer 2 400 " + std::string(bad_request), "ended: transport error"}));
  EXPECT_EQ(world.happens(world.sessions.read_post(1, "4a")),
            Lines{"answer 1 400 " + std::string(unknown_sid)});
}

TEST(EngineIoPolling, a_malformed_body_ends_the_session_and_brings_nothing) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.post(1,
                       "4fine\x1e"
                       "abc"),
            (Lines{"answer 1 400 " + std::string(bad_request), "ended: malformed packet"}));
  EXPECT_EQ(world.poll(2), Lines{"answer 2 400 " + std::string(unknown_sid)});
}

TEST(EngineIoPolling, a_body_over_max_payload_ends_the_session) {
  Config config = test_config();
  config.limits.payload_bytes = 10;
  for (const std::optional<std::uint64_t> announced : {std::optional<std::uint64_t>(11), {}}) {
    World world(config);
    world.open_polling();
    EXPECT_EQ(world.post(1, "4123456789"), (Lines{"answer 1 200 ok", "received 123456789"}));
    Lines all = world.ask(2, "POST", "EIO=4&transport=polling&sid=sid1", announced);
    if (all.empty()) all = world.happens(world.sessions.read_post(2, "41234567890"));
    EXPECT_EQ(all, (Lines{"answer 2 413 This is more than maxPayload.\n", "ended: message too large"}));
  }
}

TEST(EngineIoPolling, a_request_that_is_lost_ends_the_session) {
  World world;
  world.open_polling();
  world.poll(1);
  EXPECT_EQ(world.happens(input::RequestLost{.request = 1}), Lines{"ended: transport error"});

  World other;
  other.open_polling();
  other.ask(1, "POST", "EIO=4&transport=polling&sid=sid1");
  EXPECT_EQ(other.happens(input::RequestLost{.request = 1}), Lines{"ended: transport error"});
}

TEST(EngineIoPolling, a_client_that_does_not_poll_is_dropped_when_too_much_waits) {
  Config config = test_config();
  config.limits.buffered_bytes = 1'000;
  World world(config);
  world.open_polling();
  EXPECT_EQ(world.send(std::string(600, 'a')), Lines{});
  EXPECT_EQ(world.send(std::string(600, 'b')), Lines{"ended: client too slow"});
  EXPECT_EQ(world.sessions.size(), 0U);
}

TEST(EngineIoPolling, of_all_that_wait_the_one_furthest_behind_is_dropped_when_it_is_too_much_together) {
  Config config = test_config();
  config.limits.buffered_bytes_together = 10'000;
  World world(config);
  std::vector<SessionId> sessions;
  for (RequestId id = 1; id <= 4; ++id) {
    world.get(id, "EIO=4&transport=polling");
    sessions.push_back(world.last);
  }
  const auto send = [&](std::size_t to, std::size_t bytes) {
    world.session = sessions.at(to);
    return world.send(std::string(bytes, 'a'));
  };
  EXPECT_EQ(send(0, 2'000), Lines{});
  EXPECT_EQ(send(1, 4'000), Lines{});
  EXPECT_EQ(send(2, 3'000), Lines{});
  EXPECT_EQ(send(3, 1'500), Lines{"ended: client too slow"}) << "the second";
  EXPECT_EQ(world.sessions.size(), 3U);
  EXPECT_LT(world.sessions.buffered_bytes(), 7'000U);
  EXPECT_EQ(send(1, 1'000), Lines{}) << "it is gone";
  world.get(10, "EIO=4&transport=polling&sid=sid1");
  world.get(11, "EIO=4&transport=polling&sid=sid3");
  world.get(12, "EIO=4&transport=polling&sid=sid4");
  EXPECT_EQ(world.sessions.buffered_bytes(), 0U);
}

TEST(EngineIoPolling, one_that_polls_is_sent_any_amount) {
  Config config = test_config();
  config.limits.buffered_bytes = 1'000;
  World world(config);
  world.open_polling();
  for (RequestId id = 1; id < 10; ++id) {
    EXPECT_EQ(world.send(std::string(600, 'a')), Lines{});
    EXPECT_EQ(world.poll(id).size(), 1U);
  }
  world.poll(20);
  EXPECT_EQ(world.send(std::string(2'000, 'a')).size(), 1U) << "it waits for nothing";
}

TEST(EngineIoPolling, a_ping_is_answered_by_a_pong_and_the_session_goes_on) {
  World world;
  world.open_polling();
  for (RequestId id = 1; id < 10; id += 2) {
    EXPECT_EQ(world.poll(id), Lines{});
    EXPECT_EQ(world.wait(299ms), Lines{});
    EXPECT_EQ(world.wait(1ms), Lines{"answer " + std::to_string(id) + " 200 2"});
    EXPECT_EQ(world.post(id + 1, "3"), Lines{"answer " + std::to_string(id + 1) + " 200 ok"});
  }
}

TEST(EngineIoPolling, without_a_pong_the_session_ends) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.wait(499ms), Lines{});
  EXPECT_EQ(world.poll(1), Lines{"answer 1 200 2"});
  EXPECT_EQ(world.poll(2), Lines{});
  EXPECT_EQ(world.wait(1ms), (Lines{"answer 2 200 1", "ended: ping timeout"}));
  EXPECT_EQ(world.poll(3), Lines{"answer 3 400 " + std::string(unknown_sid)});
}

TEST(EngineIoPolling, what_is_due_is_done_before_a_request_is_looked_at) {
  World world;
  world.open_polling();
  world.wait(300ms);
  world.now += 200ms;  // and no timer has run yet
  EXPECT_EQ(world.poll(1), (Lines{"ended: ping timeout", "answer 1 400 " + std::string(unknown_sid)}));
}

TEST(EngineIoPolling, a_late_timer_leaves_the_client_half_of_its_time) {
  World world;
  world.open_polling();
  world.now += 10s;  // the machine slept
  EXPECT_EQ(world.poll(1), Lines{"answer 1 200 2"});
  EXPECT_EQ(world.wait(99ms), Lines{});
  EXPECT_EQ(world.post(2, "3"), Lines{"answer 2 200 ok"});
  EXPECT_EQ(world.wait(299ms), Lines{});
}

TEST(EngineIoPolling, a_pong_that_nobody_asked_for_puts_off_no_ping) {
  World world;
  world.open_polling();
  world.wait(200ms);
  world.post(1, "3");
  world.poll(2);
  EXPECT_EQ(world.wait(100ms), Lines{"answer 2 200 2"});
}

TEST(EngineIoPolling, pings_are_the_servers_to_send) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.post(1, "2"), (Lines{"answer 1 200 ok", "ended: transport error"}));
}

TEST(EngineIoPolling, packets_that_mean_nothing_here_are_ignored) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.post(1,
                       "0{}\x1e"
                       "5\x1e"
                       "6\x1e"
                       "4a"),
            (Lines{"answer 1 200 ok", "received a"}));
}

TEST(EngineIoPolling, a_client_that_closes_has_its_poll_released) {
  World world;
  world.open_polling();
  world.poll(1);
  EXPECT_EQ(world.post(2,
                       "4a\x1e"
                       "1\x1e"
                       "4b"),
            (Lines{"answer 2 200 ok", "received a", "answer 1 200 6", "ended: client closed"}));
  EXPECT_EQ(world.poll(3), Lines{"answer 3 400 " + std::string(unknown_sid)});
}

TEST(EngineIoPolling, a_poll_that_was_overtaken_by_the_close_is_still_released) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.post(1, "1"), (Lines{"answer 1 200 ok", "ended: client closed"}));
  EXPECT_EQ(world.post(2, "4a"), Lines{"answer 2 400 " + std::string(unknown_sid)});
  EXPECT_EQ(world.poll(3), Lines{"answer 3 200 6"});
  EXPECT_EQ(world.poll(4), Lines{"answer 4 400 " + std::string(unknown_sid)});
}

TEST(EngineIoPolling, a_client_that_is_closed_reads_first_what_it_was_sent) {
  World world;
  world.open_polling();
  world.send("bye");
  EXPECT_EQ(world.close(), Lines{"ended: server closed"});
  EXPECT_EQ(world.send("too late"), Lines{});
  EXPECT_EQ(world.poll(1), Lines{"answer 1 200 4bye|1"});
  EXPECT_EQ(world.poll(2), Lines{"answer 2 400 " + std::string(unknown_sid)});
}

TEST(EngineIoPolling, a_last_answer_does_not_wait_for_ever) {
  World world;
  world.open_polling();
  world.close();
  world.wait(4'999ms);
  EXPECT_EQ(world.sessions.size(), 1U);
  world.wait(1ms);
  EXPECT_EQ(world.sessions.size(), 0U);
  EXPECT_EQ(world.poll(1), Lines{"answer 1 400 " + std::string(unknown_sid)});
}

}  // namespace
}  // namespace parley::engine_io

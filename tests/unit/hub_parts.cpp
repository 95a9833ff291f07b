#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/pooled_allocator.hpp"
#include "hub/id_generator.hpp"
#include "hub/names.hpp"
#include "hub/replay_log.hpp"
#include "hub/timeout_queue.hpp"
#include "hub/token_bucket.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Event> away(std::string id) {
  return std::make_shared<const Event>(event::PeerAway{std::move(id)});
}

std::vector<std::uint64_t> numbers(const ReplayLog& log) {
  std::vector<std::uint64_t> numbers;
  for (const ReplayLog::Entry& entry : log.entries()) numbers.push_back(entry.seq);
  return numbers;
}

TEST(ReplayLog, numbers_events_from_one_and_keeps_them_until_they_are_acknowledged) {
  ReplayLog log(10, 10'000);
  EXPECT_EQ(log.append(away("a")), 1U);
  EXPECT_EQ(log.append(away("b")), 2U);
  EXPECT_EQ(log.append(away("c")), 3U);
  log.acknowledge(2);
  EXPECT_EQ(numbers(log), (std::vector<std::uint64_t>{3}));
  log.acknowledge(1);
  log.acknowledge(99);
  EXPECT_EQ(numbers(log), (std::vector<std::uint64_t>{}));
  EXPECT_EQ(log.append(away("d")), 4U);
}

TEST(ReplayLog, forgets_the_oldest_when_it_is_full_and_knows_what_it_forgot) {
  ReplayLog log(2, 10'000);
  for (int i = 0; i < 4; ++i) log.append(away("a"));
  EXPECT_EQ(numbers(log), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(log.forgotten(), 2U);
  EXPECT_FALSE(log.complete_after(1));
  EXPECT_TRUE(log.complete_after(2));
  EXPECT_TRUE(log.complete_after(4));
  EXPECT_FALSE(log.complete_after(5)) << "that was never sent";
}

TEST(ReplayLog, counts_bytes_as_well_as_messages) {
  ReplayLog log(100, 2'000);
  log.append(away(std::string(1'000, 'a')));
  log.append(away(std::string(1'000, 'b')));
  EXPECT_EQ(numbers(log), (std::vector<std::uint64_t>{2}));
  log.acknowledge(2);
  log.append(away(std::string(1'000, 'c')));
  EXPECT_EQ(numbers(log), (std::vector<std::uint64_t>{3})) << "what was acknowledged no longer counts";
}

TEST(ReplayLog, an_event_larger_than_all_that_may_be_kept_is_not_kept) {
  ReplayLog log(100, 1'000);
  EXPECT_EQ(log.append(away(std::string(2'000, 'a'))), 1U);
  EXPECT_EQ(numbers(log), (std::vector<std::uint64_t>{}));
  EXPECT_FALSE(log.complete_after(0));
}

TEST(TokenBucket, gives_a_burst_at_once_and_then_so_many_a_second) {
  Instant now{1h};
  TokenBucket bucket(10, 2, now);
  EXPECT_TRUE(bucket.take(now));
  EXPECT_TRUE(bucket.take(now));
  EXPECT_FALSE(bucket.take(now));
  now += 99ms;
  EXPECT_FALSE(bucket.take(now));
  now += 1ms;
  EXPECT_TRUE(bucket.take(now));
  EXPECT_FALSE(bucket.full(now));
  now += 10s;
  EXPECT_TRUE(bucket.full(now));
  EXPECT_TRUE(bucket.take(now));
  EXPECT_TRUE(bucket.take(now));
  EXPECT_FALSE(bucket.take(now)) << "a pause fills it, but not past its burst";
}

TEST(TokenBucket, a_clock_that_was_read_out_of_turn_gives_nothing_twice) {
  Instant now{1h};
  TokenBucket bucket(10, 1, now);
  EXPECT_TRUE(bucket.take(now));
  EXPECT_FALSE(bucket.take(now - 1s));
  EXPECT_FALSE(bucket.take(now + 50ms));
  EXPECT_TRUE(bucket.take(now + 100ms));
}

TEST(TimeoutQueue, the_first_to_come_is_the_first_to_be_due_and_any_may_leave) {
  TimeoutQueue<const char> queue;
  const char* names = "abc";
  const Instant now{1h};
  const auto a = queue.join(names[0], now);
  const auto b = queue.join(names[1], now + 1s);
  static_cast<void>(queue.join(names[2], now + 2s));
  queue.leave(b);
  EXPECT_EQ(*queue.front().who, 'a');
  queue.leave(a);
  EXPECT_EQ(*queue.front().who, 'c');
  EXPECT_EQ(queue.front().since, now + 2s);
  static_cast<void>(queue.join(names[0], now + 3s));
  EXPECT_EQ(*queue.front().who, 'c') << "who comes again is the last";
  EXPECT_EQ(queue.size(), 2U);
}

TEST(IdGenerator, no_incarnation_comes_twice) {
  IdGenerator ids(7);
  std::set<std::string> seen;
  for (int i = 0; i < 20'000; ++i) EXPECT_TRUE(seen.insert(ids.incarnation()).second);
}

TEST(IdGenerator, the_same_seed_gives_the_same) {
  IdGenerator one(7);
  IdGenerator other(7);
  EXPECT_EQ(one.next(), other.next());
  EXPECT_EQ(one.incarnation(), other.incarnation());
  EXPECT_NE(one.incarnation(), IdGenerator(8).incarnation());
}

TEST(IdGenerator, ids_can_be_read_aloud_and_differ) {
  IdGenerator ids(1);
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = ids.next();
    EXPECT_TRUE(is_id(id, 128)) << id;
    EXPECT_EQ(std::count(id.begin(), id.end(), '-'), 2) << id;
    seen.insert(id);
  }
  EXPECT_GT(seen.size(), 990U);
}

TEST(Names, an_id_is_1_to_128_bytes_without_control_characters) {
  struct Case {
    std::string text;
    bool good;
  };
  const std::vector<Case> cases{
      {"ada", true},
      {"blue otter", true},
      {"Zoë 🦦", true},
      {std::string(128, 'x'), true},
      {"\u00a0", true},  // C2 A0, the first after C1
      {"\u0400", true},  // D0 80: a continuation byte that only looks like C1
      {"", false},
      {std::string(129, 'x'), false},
      {std::string("a\0b", 3), false},
      {"a\nb", false},
      {"a\x1f", false},
      {"a\x7f", false},
      {"a\u0085"
       "b",
       false},  // C1: next line
      {"\u009f", false},
  };
  for (const Case& c : cases) EXPECT_EQ(is_id(c.text, 128), c.good) << testing::PrintToString(c.text);
}

TEST(Names, an_incarnation_is_1_to_64_printable_ascii_characters) {
  EXPECT_TRUE(is_incarnation("9f2c51ab", 64));
  EXPECT_TRUE(is_incarnation(" ~", 64));
  EXPECT_TRUE(is_incarnation(std::string(64, 'x'), 64));
  EXPECT_FALSE(is_incarnation("", 64));
  EXPECT_FALSE(is_incarnation(std::string(65, 'x'), 64));
  EXPECT_FALSE(is_incarnation("caf\u00e9", 64));
  EXPECT_FALSE(is_incarnation("a\tb", 64));
}

TEST(Names, every_error_code_and_reason_is_spelled_as_the_protocol_spells_it) {
  const std::vector<std::pair<ErrorCode, std::string_view>> codes{
      {ErrorCode::not_json, "not-json"},
      {ErrorCode::no_type, "no-type"},
      {ErrorCode::unknown_type, "unknown-type"},
      {ErrorCode::bad_field, "bad-field"},
      {ErrorCode::not_joined, "not-joined"},
      {ErrorCode::already_joined, "already-joined"},
      {ErrorCode::no_such_peer, "no-such-peer"},
      {ErrorCode::room_full, "room-full"},
      {ErrorCode::peer_taken, "peer-taken"},
      {ErrorCode::too_many_rooms, "too-many-rooms"},
      {ErrorCode::too_fast, "too-fast"},
      {ErrorCode::address_full, "address-full"},
      {ErrorCode::too_many_rings, "too-many-rings"}};
  for (const auto& [code, name] : codes) EXPECT_EQ(name_of(code), name);
  EXPECT_EQ(name_of(LeaveReason::left), "left");
  EXPECT_EQ(name_of(LeaveReason::timeout), "timeout");
  EXPECT_EQ(name_of(LeaveReason::replaced), "replaced");
  EXPECT_EQ(name_of(LeaveReason::closed), "closed");
}

TEST(Events, footprint_grows_with_what_an_event_carries) {
  const std::size_t empty = footprint(event::Signal{});
  EXPECT_EQ(footprint(event::Signal{.from = "ada", .payload = PooledString(1'000, 'x'), .link = "{}"}),
            empty + 1'005);
  EXPECT_EQ(footprint(event::PeerLeft{.id = "ada"}), footprint(event::PeerLeft{}) + 3);
  EXPECT_EQ(footprint(event::PeerJoined{.peer = {.id = "a", .name = "b", .meta = "c", .incarnation = "d"}}),
            footprint(event::PeerJoined{}) + 4);
}

}  // namespace
}  // namespace parley::hub

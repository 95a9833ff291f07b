#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/addresses.hpp"

namespace parley::net {
namespace {

using namespace std::chrono_literals;

class NetAddresses : public testing::Test {
 protected:
  static hub::Source at(std::string key, bool local = false) {
    return {.key = std::move(key), .local = local};
  }

  std::size_t taken(const hub::Source& source, Held what, std::size_t tries) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < tries; ++i) {
      if (auto place = addresses.take(source, what, now)) {
        places.push_back(*std::move(place));
        ++count;
      }
    }
    return count;
  }
  std::size_t allowed(const hub::Source& source, Pace what, std::size_t tries) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < tries; ++i) count += addresses.may(source, what, now) ? 1U : 0U;
    return count;
  }
  [[nodiscard]] std::map<std::string, std::uint64_t> refusals() const {
    std::map<std::string, std::uint64_t> all;
    for (const auto& [limit, times] : addresses.refusals()) all[std::string(limit)] = times;
    return all;
  }

  Addresses addresses{{.connections = 3,
                       .handshakes_per_second = 2,
                       .handshake_burst = 4,
                       .requests_per_second = 10,
                       .request_burst = 20,
                       .engine_io_sessions = 2,
                       .whip_sessions = 1}};
  hub::Instant now = std::chrono::steady_clock::now();
  std::vector<Addresses::Place> places;
};

TEST_F(NetAddresses, an_address_holds_as_many_as_it_may_and_others_theirs) {
  EXPECT_EQ(taken(at("192.0.2.1"), Held::connection, 5), 3U);
  EXPECT_EQ(taken(at("192.0.2.2"), Held::connection, 5), 3U);
  EXPECT_EQ(taken(at("192.0.2.1"), Held::engine_io_session, 5), 2U);
  EXPECT_EQ(taken(at("192.0.2.1"), Held::whip_session, 5), 1U);
  EXPECT_EQ(refusals(), (std::map<std::string, std::uint64_t>{{"connections-per-address", 4},
                                                              {"engine-io-sessions-per-address", 3},
                                                              {"whip-sessions-per-address", 4}}));
}

TEST_F(NetAddresses, what_has_ended_makes_room) {
  EXPECT_EQ(taken(at("192.0.2.1"), Held::connection, 3), 3U);
  places.pop_back();
  EXPECT_EQ(taken(at("192.0.2.1"), Held::connection, 3), 1U);
  places.front() = std::move(places.back());
  places.pop_back();
  EXPECT_EQ(taken(at("192.0.2.1"), Held::connection, 3), 1U);
}

TEST_F(NetAddresses, a_local_address_has_ten_times_as_much) {
  EXPECT_EQ(taken(at("127.0.0.1", true), Held::connection, 50), 30U);
  EXPECT_EQ(allowed(at("127.0.0.1", true), Pace::handshake, 50), 40U);
  now += 1s;
  EXPECT_EQ(allowed(at("127.0.0.1", true), Pace::handshake, 50), 20U);
}

TEST_F(NetAddresses, an_address_does_a_burst_and_then_so_many_a_second) {
  EXPECT_EQ(allowed(at("192.0.2.1"), Pace::handshake, 10), 4U);
  EXPECT_EQ(allowed(at("192.0.2.1"), Pace::request, 50), 20U);
  EXPECT_EQ(allowed(at("192.0.2.2"), Pace::handshake, 10), 4U);
  now += 1s;
  EXPECT_EQ(allowed(at("192.0.2.1"), Pace::handshake, 10), 2U);
  EXPECT_EQ(allowed(at("192.0.2.1"), Pace::request, 50), 10U);
}

TEST_F(NetAddresses, whoever_goes_and_comes_again_has_no_full_bucket) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(allowed(at("192.0.2.1"), Pace::handshake, 4), i == 0 ? 4U : 0U);
    EXPECT_EQ(taken(at("192.0.2.1"), Held::connection, 1), 1U);
    places.clear();
  }
}

TEST_F(NetAddresses, those_who_are_gone_are_forgotten) {
  static_cast<void>(allowed(at("192.0.2.1"), Pace::request, 1));
  EXPECT_EQ(taken(at("192.0.2.2"), Held::connection, 1), 1U);
  EXPECT_EQ(addresses.size(), 2U);
  now += 11min;
  static_cast<void>(allowed(at("192.0.2.3"), Pace::request, 1));
  EXPECT_EQ(addresses.size(), 2U) << "192.0.2.2 is still there";
}

TEST_F(NetAddresses, the_table_is_bounded) {
  for (int i = 0; i < 30'000; ++i) static_cast<void>(allowed(at(std::to_string(i)), Pace::request, 1));
  EXPECT_LE(addresses.size(), 10'001U);
}

TEST_F(NetAddresses, a_note_is_due_once_a_second_for_each_address_and_is_no_refusal) {
  const auto due = [&](const char* key) { return addresses.is_note_due(at(key), now); };
  EXPECT_TRUE(due("192.0.2.1"));
  EXPECT_FALSE(due("192.0.2.1"));
  EXPECT_TRUE(due("192.0.2.2"));
  EXPECT_EQ(addresses.refuse(at("192.0.2.1"), "an-error", now), 1U) << "has lines of its own";
  now += 1s;
  EXPECT_TRUE(due("192.0.2.1"));
  EXPECT_EQ(refusals(), (std::map<std::string, std::uint64_t>{{"an-error", 1}}));
}

TEST_F(NetAddresses, what_else_is_refused_is_counted_and_told_once_a_second_for_each_address) {
  const auto refuse = [&](const char* key) { return addresses.refuse(at(key), "an-error", now); };
  EXPECT_EQ(refuse("192.0.2.1"), 1U);
  EXPECT_EQ(refuse("192.0.2.1"), 0U);
  EXPECT_EQ(refuse("192.0.2.2"), 1U);
  EXPECT_EQ(refuse("192.0.2.1"), 0U);
  now += 1s;
  EXPECT_EQ(refuse("192.0.2.1"), 3U);
  EXPECT_EQ(refusals(), (std::map<std::string, std::uint64_t>{{"an-error", 5}}));
}

}  // namespace
}  // namespace parley::net

#include "net/shed_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace parley::net {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Connections by their names; those that are shed leave.
class NetShedQueue : public testing::Test {
 protected:
  struct Connection {
    std::string name;
    ShedQueue<Connection>::Position position{};
  };

  Connection& join(const std::string& name, const std::string& address, std::size_t loop = 0,
                   bool local = false) {
    Connection& made = *connections.emplace(connections.end(), Connection{.name = name});
    made.position = queue.join(made, loop, {.key = address, .local = local}, now += 1s);
    return made;
  }
  std::vector<std::string> shed(std::size_t count) {
    std::vector<std::string> names;
    for (; count > 0; --count) {
      queue.shed(1);
      for (std::size_t loop = 0; loop < 2; ++loop) {
        while (Connection* const next = queue.next(loop)) {
          names.push_back(next->name);
          queue.leave(next->position);
        }
      }
    }
    return names;
  }

  std::vector<std::size_t> woken;
  ShedQueue<Connection> queue{2, [this](std::size_t loop) { woken.push_back(loop); }};
  hub::Instant now = std::chrono::steady_clock::now();
  std::list<Connection> connections;
};

TEST_F(NetShedQueue, of_equals_whoever_has_waited_longest_goes_first) {
  join("a", "192.0.2.1");
  join("b", "192.0.2.2");
  join("c", "192.0.2.3");
  EXPECT_THAT(shed(5), ElementsAre("a", "b", "c"));
}

TEST_F(NetShedQueue, whoever_holds_most_goes_first_on_whichever_loops) {
  join("bob", "192.0.2.2");
  join("ada 1", "192.0.2.1", 0);
  join("ada 2", "192.0.2.1", 1);
  join("ada 3", "192.0.2.1", 0);
  join("eve", "192.0.2.3", 1);
  EXPECT_THAT(shed(2), ElementsAre("ada 1", "ada 2"));
  EXPECT_THAT(woken, ElementsAre(0U, 1U));
  EXPECT_THAT(shed(3), ElementsAre("bob", "ada 3", "eve"));
}

TEST_F(NetShedQueue, who_has_left_is_not_shed) {
  join("bob", "192.0.2.2");
  Connection& first = join("ada 1", "192.0.2.1");
  Connection& second = join("ada 2", "192.0.2.1");
  queue.leave(first.position);
  queue.leave(second.position);
  EXPECT_THAT(shed(2), ElementsAre("bob"));
  EXPECT_THAT(shed(1), IsEmpty());
}

TEST_F(NetShedQueue, who_was_chosen_and_leaves_before_its_loop_comes_escapes) {
  Connection& chosen = join("ada", "192.0.2.1");
  queue.shed(1);
  queue.leave(chosen.position);
  EXPECT_EQ(queue.next(0), nullptr);
}

TEST_F(NetShedQueue, those_who_are_turned_away_go_first_and_do_not_grow_many) {
  join("ada 1", "192.0.2.1");
  join("ada 2", "192.0.2.1");
  for (std::size_t i = 0; i < queue.most_turned_away + 2; ++i) {
    Connection& refused = *connections.emplace(connections.end(), Connection{.name = "refused"});
    refused.position = queue.join_turned_away(refused, i % 2);
  }
  EXPECT_THAT(woken, ElementsAre(0U, 1U));
  EXPECT_THAT(shed(1), ElementsAre("refused", "refused", "refused"));
  EXPECT_EQ(shed(queue.most_turned_away).back(), "ada 1");
}

TEST_F(NetShedQueue, those_who_are_turned_away_have_no_place_to_give) {
  join("ada", "192.0.2.1");
  Connection& refused = *connections.emplace(connections.end(), Connection{.name = "refused"});
  refused.position = queue.join_turned_away(refused, 1);
  EXPECT_EQ(queue.turned_away(), 1U);
  queue.shed_waiting();
  ASSERT_NE(queue.next(0), nullptr);
  EXPECT_EQ(queue.next(0)->name, "ada");
  queue.shed(1);
  ASSERT_EQ(queue.next(1), &refused);
  EXPECT_EQ(queue.turned_away(), 1U) << "until it has gone";
  queue.leave(refused.position);
  EXPECT_EQ(queue.turned_away(), 0U);
}

TEST_F(NetShedQueue, a_local_connection_counts_a_tenth) {
  for (int i = 0; i < 15; ++i) join("proxy", "10.0.0.1", 0, true);
  join("ada 1", "192.0.2.1");
  join("ada 2", "192.0.2.1");
  EXPECT_THAT(shed(3), ElementsAre("ada 1", "proxy", "proxy"));
}

}  // namespace
}  // namespace parley::net

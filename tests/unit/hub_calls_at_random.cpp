#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

#include "hub_callers.hpp"

namespace parley::hub {
namespace {

/// Five users, two of them Parley's own, do whatever comes to their minds; each keeps to itself what it knows
/// of its call. Whatever happens, no call begins or ends twice for anybody, and two are in a call or neither.
class Crowd {
 public:
  explicit Crowd(std::uint32_t seed) : random_(seed) {
    for (std::size_t i = 0; i < users_.size(); ++i) enrol(i);
  }

  void act() {
    const std::size_t who = random_() % users_.size();
    User& user = users_.at(who);
    const std::string& name = users_.at(random_() % users_.size()).name;
    switch (random_() % 12) {
      case 0:
      case 1:
      case 2:
        return say(user, command::Call{name}, [&] { user.with = name; });
      case 3:
      case 4:
      case 5:
        return say(user, command::AcceptCall{name}, [] {});
      case 6:
        return say(user, command::RejectCall{name}, [&] { user.with.clear(); });
      case 7:
        return say(user, command::EndCall{name}, [&] { user.with.clear(); });
      case 8:
        return enter(user);
      case 9:
        if (user.in_room != 0) world_.say(user.in_room, command::Leave{});
        return leave_room(user);
      case 10:
        return leave_room(user);
      default:
        return come_and_go(who);
    }
  }

  /// What each has heard since; nothing of it may contradict what it knew.
  void listen() {
    for (User& user : users_) {
      for (const std::string& heard : world_.heard(user.connection)) {
        seen_ += user.name + " < " + heard + '\n';
        const std::string word = heard.substr(0, heard.find(' '));
        if (word == "incoming") {
          EXPECT_EQ(user.with, "") << seen_;
          user.with = heard.substr(9);
        } else if (word == "ended" || word == "rejected") {
          EXPECT_NE(user.with, "") << seen_;
          user.with.clear();
        } else if (word == "accepted") {
          EXPECT_NE(user.with, "") << seen_;
          if (const std::size_t in = heard.find(" in "); in != std::string::npos)
            user.room = heard.substr(in + 4);
        } else if (word == "peer-left" && !user.own && user.stays_in.empty()) {
          EXPECT_NE(heard.find(" replaced"), std::string::npos) << "a second farewell\n" << seen_;
        }
      }
    }
    for (const User& user : users_) {
      if (user.with.empty() || user.connection == 0) continue;
      const User& other = of_name(user.with);
      if (other.connection == 0) continue;
      EXPECT_EQ(other.with, user.name) << user.name << '\n' << seen_;
    }
  }

  /// Everybody goes; then nothing is left of it.
  void disperse() {
    for (User& user : users_) {
      drop(user.connection);
      drop(user.in_room);
    }
    world_.pass(std::chrono::seconds(60));
    EXPECT_EQ(world_.hub.totals().rooms, 0U) << seen_;
    EXPECT_EQ(world_.hub.totals().connections, 0U);
    EXPECT_EQ(world_.hub.next_timeout(), std::nullopt);
  }

 private:
  struct User {
    std::string name;
    bool own = false;        ///< one of Parley's own
    std::string stays_in{};  ///< the room that it is in of its own accord
    ConnectionId connection = 0;
    ConnectionId in_room = 0;
    std::string with{};  ///< in its call, as far as it knows
    std::string room{};  ///< of its last call
  };

  User& of_name(const std::string& name) { return *std::ranges::find(users_, name, &User::name); }

  void enrol(std::size_t who) {
    User& user = users_.at(who);
    user.connection = ++last_;
    world_.connect(user.connection, user.own ? Dialect::parley : Dialect::calls);
    command::Register wish{.name = user.name, .user_id = user.name, .room = user.stays_in};
    if (user.own) wish.secret = user.name;
    world_.say(user.connection, wish);
    user.with.clear();
    for (const EventBody& body : world_.bodies(user.connection)) {
      const auto* registered = std::get_if<event::Registered>(&body);
      if (registered == nullptr || !registered->call) continue;
      user.with = registered->call->with.name;
      user.room = registered->call->room;
    }
    seen_ += user.name + " is online, with " + user.with + '\n';
  }

  void come_and_go(std::size_t who) {
    User& user = users_.at(who);
    if (user.connection == 0) return enrol(who);
    // Without a word, or as a new socket that comes before the old one is known to be lost.
    if (random_() % 2 == 0 || !user.own) drop(user.connection);
    if (ConnectionId former = user.connection; former != 0) {
      enrol(who);
      return drop(former);
    }
    if (!user.own) user.with.clear();
    seen_ += user.name + " lost its socket\n";
    if (random_() % 4 == 0) world_.pass(std::chrono::seconds(40));
  }

  template <class Done>
  void say(User& user, Command command, Done done) {
    if (user.connection == 0) return;
    const std::size_t before = errors(user);
    seen_ += user.name + " says " + std::to_string(command.index()) + '\n';
    world_.say(user.connection, std::move(command));
    if (errors(user) == before) done();
  }

  std::size_t errors(const User& user) {
    const auto bodies = world_.bodies(user.connection);
    return static_cast<std::size_t>(std::ranges::count_if(
        bodies, [](const EventBody& body) { return std::holds_alternative<event::Error>(body); }));
  }

  void enter(User& user) {
    if (!user.own || user.in_room != 0 || user.room.empty()) return;
    user.in_room = ++last_;
    seen_ += user.name + " joins " + user.room + '\n';
    world_.join(user.in_room, user.room, user.name);
  }

  void leave_room(User& user) {
    if (user.in_room != 0) seen_ += user.name + " leaves its room\n";
    drop(user.in_room);
  }

  void drop(ConnectionId& connection) {
    if (connection != 0) world_.drop(connection);
    connection = 0;
  }

  std::mt19937 random_;
  // They ring each other more often than people do.
  World world_{
      Limits{.rings_per_minute = 0, .rings_per_address = 0, .ring_backoff = std::chrono::seconds(0)}};
  std::array<User, 5> users_{{{.name = "ada", .own = true},
                              {.name = "bob", .own = true},
                              {.name = "john"},
                              {.name = "jane"},
                              {.name = "rob", .stays_in = "r"}}};
  ConnectionId last_ = 0;
  std::string seen_;
};

TEST(HubCallsAtRandom, no_call_begins_or_ends_twice_and_nothing_is_left_of_any) {
  for (std::uint32_t seed = 1; seed <= 500 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Crowd crowd(seed);
    for (int i = 0; i < 150 && !testing::Test::HasFailure(); ++i) {
      crowd.act();
      crowd.listen();
    }
    crowd.disperse();
  }
}

}  // namespace
}  // namespace parley::hub

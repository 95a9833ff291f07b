#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;
using Action = command::Moderate::Action;

constexpr std::string_view room = "r";

Config config_of_crowd() {
  Config config{.seed = 7};
  config.auth = Auth::all;
  config.limits.joins_per_minute = 1e6;
  config.limits.joins_at_once = 100'000;
  config.limits.waiting_per_room = 3;
  config.limits.bans_per_room = 4;
  return config;
}

/// Seven people and a moderator come, wait, are let in, removed, appointed, lose their sockets and their tokens, in
/// whatever order. Whatever happens, nobody is told anything of the room who is not in it by its rules, and nobody is
/// in it whose time is over or who was removed.
class RuledCrowd {
 public:
  explicit RuledCrowd(std::uint32_t seed) : random_(seed) {}

  void act() {
    const std::size_t who = random_() % people_.size();
    Person& person = people_.at(who);
    switch (random_() % 14) {
      case 0:
      case 1:
      case 2:
        return come(who);
      case 3:
        return say(person, command::Leave{});
      case 4:
        return drop(person);
      case 5:
        return say(person, command::Renew{.token = {.credential = token_of(who)}});
      case 6:
        return say(person, command::Update{.meta = "{}"});
      case 7:
        return say(person, command::Signal{.to = name_of(random_() % people_.size()), .payload = "{}"});
      case 8:
        return world_.pass(std::chrono::seconds(random_() % 45));
      default:
        return moderate(person);
    }
  }

  void listen() {
    for (Person& person : people_) {
      for (const std::string& heard : world_.heard(person.connection)) hear(person, heard);
    }
    for (const Member& member : world_.hub.members(room)) {
      const Person& person = of_name(member.id);
      EXPECT_GT(person.ends, world_.now) << member.id << " has outstayed\n" << seen_;
    }
  }

 private:
  struct Person {
    ConnectionId connection = 0;
    bool inside = false;
    std::string secret{};
    Instant ends{};
    Instant shown{};  ///< the end of the token shown last
  };

  static std::string name_of(std::size_t who) { return "person-" + std::to_string(who); }
  Person& of_name(std::string_view name) { return people_.at(static_cast<std::size_t>(name.back() - '0')); }

  Credential token_of(std::size_t who) {
    Pass pass{.identity = name_of(who), .may = {Right::join}};
    if (who < 2) pass.may.add(Right::moderate);
    if (random_() % 8 == 0) pass.rooms = NamePatterns({"another"});
    if (random_() % 8 == 0) pass.identity = "somebody else";
    pass.ends = world_.now + std::chrono::seconds(random_() % 300);
    people_.at(who).shown = pass.ends;
    return {.pass = std::make_shared<const Pass>(std::move(pass))};
  }

  void come(std::size_t who) {
    Person& person = people_.at(who);
    if (person.connection != 0 && random_() % 2 == 0) drop(person);
    if (person.connection == 0) {
      world_.connect(person.connection = ++last_);
      person.inside = false;
    }
    command::Join join{.room = std::string(room),
                       .peer = name_of(who),
                       .name = name_of(who),
                       .incarnation = "page of " + name_of(who),
                       .token = {.credential = token_of(who)}};
    if (!person.secret.empty() && random_() % 2 == 0) join.resume = command::Resume{.session = person.secret};
    say(person, std::move(join));
  }

  void drop(Person& person) {
    if (person.connection == 0) return;
    listen();
    world_.drop(person.connection, random_() % 2 == 0 ? Parting::lost : Parting::goodbye);
    person.connection = 0;
    person.inside = false;
  }

  void moderate(Person& person) {
    constexpr std::array actions{Action::admit, Action::admit,   Action::refuse, Action::remove,
                                 Action::allow, Action::appoint, Action::resign, Action::rules,
                                 Action::ask,   Action::end};
    command::Moderate wish{.action = actions.at(random_() % actions.size()), .what = "camera"};
    if (wish.action == Action::end && random_() % 4 != 0) return;
    wish.rules = {
        .locked = random_() % 4 == 0, .waiting_room = random_() % 2 == 0, .ends_in = random_() % 3 * 60s};
    wish.id = name_of(random_() % people_.size());
    if (wish.action == Action::admit || wish.action == Action::refuse) wish.id.clear();
    const auto lobby = world_.hub.lobby(room);
    if (wish.action == Action::allow && !lobby.removed.empty())
      wish.id = lobby.removed[random_() % lobby.removed.size()].id;
    say(person, wish);
    removed_.clear();
    for (const auto& each : world_.hub.lobby(room).removed) removed_.insert(each.identity);
  }

  template <class Command>
  void say(Person& person, Command command) {
    if (person.connection == 0) return;
    const std::string secret = world_.secret(person.connection);
    if (!secret.empty()) person.secret = secret;
    world_.say(person.connection, std::move(command));
  }

  void hear(Person& person, const std::string& heard) {
    seen_ += std::to_string(person.connection) + " < " + heard + '\n';
    const std::string_view line = without_number(heard);
    const std::string_view word = line.substr(0, line.find(' '));
    static constexpr std::array of_room{"peer-joined", "peer-updated", "peer-away", "peer-back", "peer-left",
                                        "signal",      "rules",        "role",      "asked",     "lobby"};
    if (std::ranges::find(of_room, word) != of_room.end()) {
      EXPECT_TRUE(person.inside) << seen_;
    } else if (word == "joined" || word == "resumed" || word == "renewed") {
      if (word != "renewed") person.inside = true;
      if (word == "joined") expect_not_removed(line.substr(line.find(' ') + 1, name_of(0).size()));
      person.ends = person.shown;
    } else if (word == "close" || line == "error removed" || line == "error room-ended" ||
               line == "error token-expired") {
      person.inside = person.inside && line.starts_with("error") && line == "error token-expired" &&
                      person.ends > world_.now;
    }
  }

  /// Whoever may moderate by their token is kept out of no room by somebody whom they may have appointed.
  void expect_not_removed(std::string_view id) {
    for (const Member& member : world_.hub.members(room)) {
      if (member.id != id || member.moderates) continue;
      EXPECT_FALSE(removed_.contains(member.identity)) << seen_;
    }
  }

  static std::string_view without_number(std::string_view line) {
    return line.starts_with('#') ? line.substr(line.find(' ') + 1) : line;
  }

  std::mt19937 random_;
  World world_{config_of_crowd()};
  std::array<Person, 8> people_{};
  std::set<std::string> removed_;
  ConnectionId last_ = 0;
  std::string seen_;
};

TEST(HubRulesAtRandom, nobody_outside_hears_of_a_room) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    RuledCrowd crowd(seed);
    for (int i = 0; i < 200; ++i) {
      crowd.act();
      crowd.listen();
    }
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace parley::hub

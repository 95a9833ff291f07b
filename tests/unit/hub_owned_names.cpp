#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/plain_name.hpp"
#include "hub_callers.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

/// A hub where the name ada, in whatever case, belongs to an account.
class HubOwnedNames : public testing::Test {
 protected:
  Config with_accounts() {
    Config config{.seed = 7};
    config.auth = Auth::shown;
    config.is_owned = [this](std::string_view name) { return is_made_ && plain_name(name) == "ada"; };
    config.is_signed_in = [this](std::string_view name, std::uint64_t sign_in) {
      return name != "ada" || sign_in == good_;
    };
    return config;
  }

  [[nodiscard]] Credential signed_in(const std::string& name, std::uint64_t sign_in) const {
    return {.pass = std::make_shared<const Pass>(Pass{.identity = name,
                                                      .name = name,
                                                      .may = {Right::join, Right::call},
                                                      .ends = world.now + 24h,
                                                      .sign_in = sign_in})};
  }

  void enrol(ConnectionId id, const std::string& name, Credential shown = {},
             Dialect dialect = Dialect::calls) {
    world.connect(id, dialect);
    world.say(id,
              command::Register{.name = name,
                                .user_id = name,
                                .secret = dialect == Dialect::parley ? std::optional("page") : std::nullopt,
                                .token = {.credential = std::move(shown)}});
  }

  void settle(const std::string& name, std::optional<std::uint64_t> sign_in) {
    if (name == "ada") good_ = sign_in.value_or(0);
    Outcome out;
    world.hub.settle_account(name, sign_in, world.now, out);
    world.keep(out);
  }

  Lines heard(ConnectionId id) {
    Lines lines = world.heard(id);
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("users"); });
    return lines;
  }

  bool is_made_ = true;
  std::uint64_t good_ = 1;
  World world{with_accounts()};
};

TEST_F(HubOwnedNames, an_account_s_name_is_for_whoever_has_signed_in_to_it) {
  enrol(1, "ada");
  EXPECT_THAT(heard(1), ElementsAre("error name-taken"));
  enrol(2, "ADA");
  EXPECT_THAT(heard(2), ElementsAre("error name-taken")) << "upper and lower case are one";
  enrol(7, "ada\u200b");
  EXPECT_THAT(heard(7), ElementsAre("error name-taken")) << "nobody sees the difference";
  enrol(3, "ada", signed_in("bob", 1));
  EXPECT_THAT(heard(3), ElementsAre("error token-name"));
  Pass company{.identity = "ada", .may = {Right::call}, .ends = world.now + 1h};
  enrol(4, "ada", {.pass = std::make_shared<const Pass>(company)});
  EXPECT_THAT(heard(4), ElementsAre("error name-taken")) << "who is called so elsewhere is somebody else";
  enrol(5, "ada", signed_in("ada", 1));
  EXPECT_THAT(heard(5), ElementsAre("registered ada"));
  enrol(6, "bob");
  EXPECT_THAT(heard(6), ElementsAre("registered bob")) << "other names are anybody's";
}

TEST_F(HubOwnedNames, who_looks_for_names_that_exist_is_slowed_down) {
  world.connect(1, Dialect::calls);
  for (std::size_t tries = 0; tries < Limits{}.registrations_at_once; ++tries)
    world.say(1, command::Register{.name = "ada", .user_id = "ada"});
  EXPECT_THAT(heard(1), Each("error name-taken"));
  world.say(1, command::Register{.name = "ada", .user_id = "ada"});
  EXPECT_THAT(heard(1), ElementsAre("error too-fast"));
}

TEST_F(HubOwnedNames, a_sign_in_that_is_wrong_is_none) {
  enrol(1, "bob", {.fault = Credential::Fault{.code = ErrorCode::token_revoked, .sentence = "No."}});
  EXPECT_THAT(heard(1), ElementsAre("error token-revoked"));
}

TEST_F(HubOwnedNames, rooms_are_open_to_guests_where_no_token_is_asked_for) {
  world.join(1, "r", "ada");
  EXPECT_THAT(world.heard(1), ElementsAre("joined ada []"));
}

TEST_F(HubOwnedNames, a_guest_gives_way_when_the_name_becomes_an_account_s) {
  is_made_ = false;
  enrol(1, "ada");
  enrol(2, "Ada");
  enrol(3, "adam");
  world.forget();
  is_made_ = true;
  settle("ada", 1);
  EXPECT_THAT(heard(1), ElementsAre("close 4001"));
  EXPECT_THAT(heard(2), ElementsAre("close 4001"));
  EXPECT_THAT(heard(3), IsEmpty());
  enrol(4, "ada", signed_in("ada", 1));
  EXPECT_THAT(heard(4), ElementsAre("registered ada"));
}

TEST_F(HubOwnedNames, the_newest_device_has_the_name_unless_there_is_a_call) {
  enrol(1, "ada", signed_in("ada", 1));
  enrol(2, "ada", signed_in("ada", 1));
  EXPECT_THAT(heard(1), ElementsAre("registered ada", "close 4001"));
  EXPECT_THAT(heard(2), ElementsAre("registered ada"));
  enrol(3, "bob");
  world.say(3, command::Call{"ada"});
  world.say(2, command::AcceptCall{"bob"});
  world.forget();
  enrol(4, "ada", signed_in("ada", 1));
  EXPECT_THAT(heard(2), IsEmpty());
  world.pass(3s);
  EXPECT_THAT(heard(4), ElementsAre("error name-taken"));
}

TEST_F(HubOwnedNames, other_sign_ins_are_told_and_end_a_little_later) {
  enrol(1, "ada", signed_in("ada", 1), Dialect::parley);
  world.connect(2, signed_in("ada", 1));
  world.say(2, command::Join{.room = "r", .peer = "p", .name = "ada", .incarnation = "page"});
  world.connect(3, signed_in("bob", 1));
  world.say(3, command::Join{.room = "r", .peer = "q", .name = "bob", .incarnation = "another page"});
  EXPECT_THAT(heard(3), ElementsAre("joined q [p]"));
  world.forget();
  settle("ada", 2);
  EXPECT_THAT(heard(1), ElementsAre("token-ends 10"));
  EXPECT_THAT(heard(2), ElementsAre("token-ends 10"));
  world.say(1, command::Renew{.token = {.credential = signed_in("ada", 2)}});
  EXPECT_THAT(heard(1), ElementsAre("renewed 86400"));
  world.pass(11s);
  EXPECT_THAT(heard(1), IsEmpty()) << "it goes on by the newer one";
  EXPECT_THAT(heard(2), ElementsAre("error token-expired", "close 1008"));
  EXPECT_THAT(heard(3), ElementsAre("#1 peer-left p closed"));
}

TEST_F(HubOwnedNames, a_socket_that_was_opened_before_a_sign_out_is_signed_out) {
  world.connect(1, signed_in("ada", 1));
  world.connect(2, signed_in("ada", 1), Dialect::calls);
  settle("ada", 2);
  world.say(1, command::Join{.room = "r", .peer = "p", .incarnation = "page"});
  EXPECT_THAT(heard(1), ElementsAre("error token-revoked"));
  world.say(2, command::Register{.name = "ada", .user_id = "ada"});
  EXPECT_THAT(heard(2), ElementsAre("error token-revoked"));
}

TEST_F(HubOwnedNames, a_guest_s_name_is_known_to_be_in_use) {
  is_made_ = false;
  enrol(1, "Ada");
  EXPECT_TRUE(world.hub.is_name_of_guest("aDA"));
  EXPECT_FALSE(world.hub.is_name_of_guest("adam"));
  is_made_ = true;
  settle("ada", 1);
  enrol(2, "ada", signed_in("ada", 1));
  EXPECT_FALSE(world.hub.is_name_of_guest("ada")) << "who has signed in is no guest";
}

TEST_F(HubOwnedNames, who_is_called_so_elsewhere_does_not_go_on_for_an_account) {
  const Pass company{.identity = "ada", .may = {Right::join}, .ends = world.now + 1h};
  world.connect(1);
  world.say(1, command::Join{.room = "r",
                             .peer = "p",
                             .incarnation = "page",
                             .token = {.credential = {.pass = std::make_shared<const Pass>(company)}}});
  world.forget();
  world.say(1, command::Renew{.token = {.credential = signed_in("ada", 1)}});
  EXPECT_THAT(heard(1), ElementsAre("error token-identity"));
}

TEST_F(HubOwnedNames, all_sign_ins_end_where_the_account_is_gone) {
  enrol(1, "ada", signed_in("ada", 1), Dialect::parley);
  world.forget();
  is_made_ = false;
  settle("ada", std::nullopt);
  world.pass(11s);
  EXPECT_THAT(heard(1), ElementsAre("token-ends 10", "error token-expired", "close 1008"));
  enrol(2, "ada");
  EXPECT_THAT(heard(2), ElementsAre("registered ada")) << "the name is anybody's again";
}

TEST_F(HubOwnedNames, calls_are_recorded_for_whoever_has_an_account) {
  enrol(1, "ada", signed_in("ada", 1));
  enrol(2, "bob");
  enrol(3, "eve");
  const auto ring = [&](ConnectionId from, const char* to) {
    world.pass(10min);
    world.say(from, command::Call{to});
    world.pass(5s);
  };
  ring(2, "ada");
  world.say(1, command::AcceptCall{"bob"});
  world.pass(70s);
  world.say(2, command::EndCall{"ada"});
  EXPECT_THAT(world.calls(), ElementsAre("bob -> ada* answered ago 75 for 70"));
  ring(1, "bob");
  world.say(2, command::RejectCall{.caller = "ada", .reason = RejectReason::rejected});
  EXPECT_THAT(world.calls(), ElementsAre("ada* -> bob rejected ago 5 for 0"));
  ring(2, "ada");
  world.say(2, command::EndCall{"ada"});
  EXPECT_THAT(world.calls(), ElementsAre("bob -> ada* missed ago 5 for 0")) << "the caller has given up";
  ring(2, "ada");
  world.say(1, command::RejectCall{.caller = "bob", .reason = RejectReason::timed_out});
  EXPECT_THAT(world.calls(), ElementsAre("bob -> ada* missed ago 5 for 0"));
  ring(2, "ada");
  world.drop(2);
  EXPECT_THAT(world.calls(), ElementsAre("bob -> ada* missed ago 5 for 0"));
  enrol(4, "bob");
  ring(4, "eve");
  world.say(3, command::AcceptCall{"bob"});
  world.say(3, command::EndCall{"bob"});
  EXPECT_THAT(world.calls(), IsEmpty()) << "guests' calls are nobody's to keep";
}

}  // namespace
}  // namespace parley::hub

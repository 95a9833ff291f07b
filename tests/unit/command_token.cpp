#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auth/key_set.hpp"
#include "auth/token.hpp"
#include "base/files.hpp"
#include "command/commands.hpp"
#include "temporary_folder.hpp"

namespace parley::command {
namespace {

using namespace std::chrono_literals;
using auth::Claims;
using auth::Key;
using auth::NamePatterns;
using hub::Right;
using testing::HasSubstr;

constexpr Claims::Time now{std::chrono::seconds(1'800'000'000)};

class CommandToken : public testing::Test {
 protected:
  CommandToken() { keep(keys_); }

  static std::vector<Key> one_of_each() {
    std::vector<Key> keys;
    for (const auto& [name, algorithm] : auth::algorithms) {
      keys.push_back(Key::generate(algorithm));
      keys.back().set_id("of-" + std::string(name));
    }
    return keys;
  }

  void keep(const std::vector<Key>& keys) const {
    EXPECT_FALSE(write_private_file(file_, auth::write_key_set(keys, true)));
  }

  /// Without its line break.
  [[nodiscard]] std::string made(std::vector<const char*> arguments) const {
    std::ostringstream err;
    std::string out = run(std::move(arguments), err, 0);
    EXPECT_EQ(err.str(), "");
    EXPECT_TRUE(out.ends_with('\n') && out.find('\n') == out.size() - 1) << out;
    if (!out.empty()) out.pop_back();
    return out;
  }

  [[nodiscard]] Claims claims_of(std::vector<const char*> arguments) const {
    const auto claims = auth::check_token(made(std::move(arguments)), auth::KeySet(keys_), {}, now);
    EXPECT_TRUE(claims) << name_of(claims.error());
    return claims ? *claims : Claims();
  }

  [[nodiscard]] std::string refusal_of(std::vector<const char*> arguments) const {
    std::ostringstream err;
    EXPECT_EQ(run(std::move(arguments), err, failed), "");
    return err.str();
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "keys.json";
  static inline const std::vector<Key> keys_ = one_of_each();

 private:
  [[nodiscard]] std::string run(std::vector<const char*> arguments, std::ostream& err, int code) const {
    arguments.insert(arguments.begin(), {"token", "--key-file", file_.c_str()});
    std::ostringstream out;
    EXPECT_EQ(run_token(arguments, {.out = out, .err = err}, now), code);
    return out.str();
  }
};

TEST_F(CommandToken, has_every_claim_that_it_was_told) {
  const std::string token = made({"--room",       "team-*",
                                  "--room",       "what\\*",
                                  "--sim",        "923*",
                                  "--name",       "Ada ✓",
                                  "--sub",        "ada@example.com",
                                  "--may",        "publish,moderate",
                                  "--may",        "admin",
                                  "--ttl",        "7d",
                                  "--iss",        "https://example.com",
                                  "--aud",        "parley",
                                  "--not-before", "1800000020"});
  const auto claims = auth::check_token(token, auth::KeySet(keys_),
                                        {.issuer = "https://example.com", .audience = "parley"}, now);
  ASSERT_TRUE(claims) << name_of(claims.error());
  EXPECT_EQ(*claims, (Claims{.identity = "ada@example.com",
                             .name = "Ada ✓",
                             .rooms = NamePatterns({"team-*", "what\\*"}),
                             .sims = NamePatterns({"923*"}),
                             .may = {Right::publish, Right::moderate, Right::admin},
                             .begins = now + 20s,
                             .ends = now + 20s + std::chrono::days(7),
                             .issuer = "https://example.com",
                             .audience = "parley"}));
}

TEST_F(CommandToken, is_for_every_room_and_an_hour_unless_something_else_is_said) {
  EXPECT_EQ(claims_of({}), (Claims{.ends = now + 1h}));
  EXPECT_EQ(claims_of({"--room", "*"}), claims_of({}));
}

TEST_F(CommandToken, a_pattern_in_brackets_is_one_pattern) {
  EXPECT_EQ(claims_of({"--room", "[a,b]"}).rooms, NamePatterns({"[a,b]"}));
}

TEST_F(CommandToken, is_signed_by_the_first_key_that_can_or_by_the_one_that_is_named) {
  const auto signer_of = [](const std::string& token, const Key& key) {
    const auto end = token.rfind('.');
    return auth::check_token(token, auth::KeySet({key}), {}, now).operator bool() && end > 0;
  };
  EXPECT_TRUE(signer_of(made({}), keys_[0]));
  for (const Key& key : keys_) EXPECT_TRUE(signer_of(made({"--kid", key.id().c_str()}), key)) << key.id();

  const auto half = auth::read_keys(auth::write_key_set({keys_[1]}, false));
  ASSERT_TRUE(half);
  keep({half->front(), keys_[2]});
  EXPECT_TRUE(signer_of(made({}), keys_[2])) << "the first has no private part";
  EXPECT_THAT(refusal_of({"--kid", keys_[1].id().c_str()}), HasSubstr("has no key of-RS256 that can sign"));
  keep(*half);
  EXPECT_THAT(refusal_of({}), HasSubstr("has no key that can sign"));
}

TEST_F(CommandToken, what_is_wrong_is_said_in_a_sentence) {
  EXPECT_EQ(
      refusal_of({"--may", "join,fly"}),
      "parley token: --may does not know the right \"fly\". There are: join, publish, watch, call, moderate, "
      "admin, register.\n");
  EXPECT_THAT(refusal_of({"--may", ""}), HasSubstr("--may: it is empty"));
  EXPECT_THAT(refusal_of({"--room", ""}), HasSubstr("--room: it is empty"));
  EXPECT_THAT(refusal_of({"--sub", ""}), HasSubstr("--sub: it is empty"));
  const std::string fits(128, 'a');
  EXPECT_EQ(claims_of({"--room", fits.c_str(), "--name", fits.c_str()}).name, fits);
  const std::string too_long(129, 'a');
  EXPECT_THAT(refusal_of({"--room", too_long.c_str()}), HasSubstr("--room has a pattern of 129 bytes"));
  EXPECT_THAT(refusal_of({"--sim", too_long.c_str()}), HasSubstr("--sim has a pattern of 129 bytes"));
  EXPECT_THAT(refusal_of({"--name", too_long.c_str()}), HasSubstr("--name has 129 bytes"));
  EXPECT_THAT(refusal_of({"--name", "\xff"}), HasSubstr("is UTF-8"));
  EXPECT_THAT(refusal_of({"--room", "\xff"}), HasSubstr("is UTF-8"));
  for (const char* const ttl : {"0s", "90", "11y", "3651d", "-1h"})
    EXPECT_THAT(refusal_of({"--ttl", ttl}), HasSubstr("--ttl does not understand \"" + std::string(ttl)));
  for (const char* const begin : {"-1", "1800000000000", "9223372036854775807"})
    EXPECT_THAT(refusal_of({"--not-before", begin}), HasSubstr("--not-before is not within ten years"));
  EXPECT_THAT(refusal_of({"--not-before", "tomorrow"}), HasSubstr("--not-before"));
  EXPECT_THAT(refusal_of({"--not-before", "1799996400"}), HasSubstr("would be over already"));
  EXPECT_THAT(refusal_of({"blue-otter"}), HasSubstr("not expected: blue-otter. See parley token --help."));
  EXPECT_THAT(refusal_of({"--kid", "another"}), HasSubstr("has no key another that can sign"));
}

TEST_F(CommandToken, has_no_more_than_a_host_takes) {
  std::vector<std::string> patterns;
  for (std::size_t i = 0; i <= NamePatterns::most; ++i) patterns.push_back("room-" + std::to_string(i));
  std::vector<const char*> arguments;
  for (const std::string& pattern : patterns) arguments.insert(arguments.end(), {"--room", pattern.c_str()});
  EXPECT_THAT(refusal_of(arguments), HasSubstr("--room is given 65 times"));
  arguments.resize(arguments.size() - 2);
  EXPECT_EQ(claims_of(arguments).rooms.all().size(), NamePatterns::most);
  const std::string identity(8'192, 'a');
  EXPECT_THAT(refusal_of({"--sub", identity.c_str()}), HasSubstr("and 8192 are the most"));
}

TEST_F(CommandToken, without_a_key_it_says_how_to_make_one) {
  std::filesystem::remove(file_);
  EXPECT_THAT(refusal_of({}), HasSubstr("There is no key yet: `parley key --file "));
  ASSERT_FALSE(write_private_file(file_, "a secret"));
  const std::string refusal = refusal_of({});
  EXPECT_THAT(refusal, HasSubstr("neither a key in PEM nor a JSON Web Key"));
  EXPECT_THAT(refusal, testing::Not(HasSubstr("a secret")));
}

TEST_F(CommandToken, help_has_an_example) {
  EXPECT_THAT(made({}), testing::MatchesRegex("[^.]+\\.[^.]+\\.[^.]+"));
  std::ostringstream out;
  const std::vector<const char*> arguments{"token", "--help"};
  EXPECT_EQ(run_token(arguments, {.out = out, .err = out}, now), 0);
  EXPECT_THAT(out.str(), HasSubstr("Examples:\n  parley token --room "));
}

}  // namespace
}  // namespace parley::command

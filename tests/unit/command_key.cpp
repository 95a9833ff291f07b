#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "auth/key_set.hpp"
#include "base/files.hpp"
#include "command/commands.hpp"
#include "command/duration.hpp"
#include "temporary_folder.hpp"

namespace parley::command {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

struct KeyOutcome {
  int code = 0;
  std::string out{};
  std::string err{};
};

class CommandKey : public testing::Test {
 protected:
  [[nodiscard]] KeyOutcome run(std::vector<const char*> arguments) const {
    arguments.insert(arguments.begin(), {"key", "--file", file_.c_str()});
    std::ostringstream out;
    std::ostringstream err;
    const int code = run_key(arguments, {.out = out, .err = err});
    return {.code = code, .out = out.str(), .err = err.str()};
  }

  [[nodiscard]] std::string refusal_of(std::vector<const char*> arguments) const {
    const auto before = read_file(file_);
    const KeyOutcome outcome = run(std::move(arguments));
    EXPECT_EQ(outcome.code, failed);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(read_file(file_), before) << "nothing is changed";
    return outcome.err;
  }

  [[nodiscard]] json keys() const { return json::parse(read_file(file_).value_or(""))["keys"]; }

  void write(const json& set) const { ASSERT_FALSE(write_private_file(file_, set.dump())); }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "deep/keys.json";
};

TEST_F(CommandKey, makes_one_of_each_algorithm_and_the_newest_is_first) {
  for (const char* const algorithm : {"HS256", "RS256", "ES256", "EdDSA"}) {
    const KeyOutcome made = run({"--alg", algorithm});
    ASSERT_EQ(made.code, 0) << made.err;
    const std::string kid = keys()[0]["kid"];
    EXPECT_THAT(kid, MatchesRegex("[0-9a-f]{16}"));
    EXPECT_EQ(keys()[0]["alg"], algorithm);
    EXPECT_THAT(made.out,
                HasSubstr("Made key " + kid + " (" + algorithm + "), now the first in " + file_.string()));
  }
  EXPECT_EQ(keys().size(), 4U);
  EXPECT_EQ(keys()[3]["alg"], "HS256");
  const auto read = auth::KeySet::read({file_});
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->keys().size(), 4U);
}

TEST_F(CommandKey, is_for_eddsa_unless_something_else_is_said) {
  const KeyOutcome made = run({});
  EXPECT_EQ(keys()[0]["alg"], "EdDSA");
  EXPECT_THAT(made.out, testing::Not(HasSubstr("SIGHUP"))) << "no host has the file yet";
  EXPECT_THAT(run({}).out, HasSubstr("SIGHUP"));
}

TEST_F(CommandKey, its_file_is_for_its_owner_alone) {
  ASSERT_EQ(run({}).code, 0);
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(CommandKey, shows_public_parts_and_no_secret) {
  for (const char* const algorithm : {"HS256", "RS256", "ES256", "EdDSA"}) {
    const KeyOutcome made = run({"--alg", algorithm});
    const json newest = keys()[0];
    for (const auto& [field, value] : newest.items()) {
      const auto said = value.get<std::string>();
      const bool may_be = field == "kid" || field == "alg" || said.size() < 8;
      EXPECT_TRUE(may_be || made.out.find(said) == std::string::npos) << field;
    }
  }
  const KeyOutcome shown = run({"--public"});
  EXPECT_EQ(shown.code, 0);
  EXPECT_THAT(shown.err, HasSubstr("Left out 1 key of HS256"));
  const json set = json::parse(shown.out);
  ASSERT_EQ(set["keys"].size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(set["keys"][i]["kid"], keys()[i]["kid"]);
    for (const char* const secret : {"d", "k", "p", "q", "dp", "dq", "qi"})
      EXPECT_FALSE(set["keys"][i].contains(secret)) << secret;
  }
}

TEST_F(CommandKey, lists_kids_and_algorithms) {
  ASSERT_EQ(run({"--alg", "ES256"}).code, 0);
  json all = json::parse(run({"--public"}).out);
  ASSERT_EQ(run({}).code, 0);
  all["keys"].insert(all["keys"].begin(), keys()[0]);
  all["keys"][0].erase("kid");
  write(all);
  EXPECT_EQ(run({"--list"}).out,
            "(no kid) EdDSA\n" + all["keys"][1]["kid"].get<std::string>() + " ES256 (public part only)\n");
}

TEST_F(CommandKey, takes_out_one_and_never_the_last) {
  ASSERT_EQ(run({}).code, 0);
  const std::string leaked = keys()[0]["kid"];
  EXPECT_THAT(refusal_of({"--remove", leaked.c_str()}), HasSubstr(leaked + " is the only key of "));
  ASSERT_EQ(run({}).code, 0);
  EXPECT_THAT(refusal_of({"--remove", "another"}), HasSubstr("has no key another"));
  const KeyOutcome removed = run({"--remove", leaked.c_str()});
  EXPECT_EQ(removed.code, 0) << removed.err;
  EXPECT_THAT(removed.out, HasSubstr("Took key " + leaked + " out of"));
  ASSERT_EQ(keys().size(), 1U);
  EXPECT_NE(keys()[0]["kid"], leaked);
}

TEST_F(CommandKey, leaves_what_else_is_in_the_file) {
  const json theirs{{"kty", "RSA"}, {"use", "enc"}, {"kid", "theirs"}, {"x5t", "abc"}};
  write({{"keys", {theirs}}, {"note", "ours"}});
  ASSERT_EQ(run({}).code, 0);
  EXPECT_EQ(keys()[1], theirs);
  EXPECT_EQ(json::parse(read_file(file_).value_or(""))["note"], "ours");
}

TEST_F(CommandKey, writes_over_no_file_that_is_something_else) {
  for (const char* const text :
       {"text", "[]", "{}", "{\"keys\":{}}", "-----BEGIN PRIVATE KEY-----\n", "{\"keys\":["}) {
    ASSERT_FALSE(write_private_file(file_, text));
    EXPECT_THAT(refusal_of({}), HasSubstr("is no JSON Web Key Set, and stays as it is")) << text;
  }
  ASSERT_FALSE(write_private_file(file_, ""));
  EXPECT_EQ(run({}).code, 0) << "there is nothing in it";
}

TEST_F(CommandKey, a_host_has_as_many_as_it_takes) {
  for (std::size_t i = 0; i < auth::KeySet::most_keys; ++i) ASSERT_EQ(run({"--alg", "HS256"}).code, 0);
  EXPECT_THAT(refusal_of({}), HasSubstr(" has 64 keys, and a host takes no more"));
}

TEST_F(CommandKey, several_at_once_lose_none) {
  constexpr std::size_t at_once = 8;
  constexpr std::size_t each = 4;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < at_once; ++i) {
      threads.emplace_back([this] {
        for (std::size_t made = 0; made < each; ++made) EXPECT_EQ(run({}).code, 0);
      });
    }
  }
  EXPECT_EQ(keys().size(), at_once * each);
}

TEST_F(CommandKey, a_link_to_the_file_stays_one) {
  ASSERT_EQ(run({}).code, 0);
  const std::filesystem::path real = file_;
  file_ = folder_.path() / "link.json";
  std::filesystem::create_symlink(real, file_);
  ASSERT_EQ(run({}).code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(file_));
  file_ = real;
  EXPECT_EQ(keys().size(), 2U);
}

TEST_F(CommandKey, a_file_of_another_user_is_left_to_that_one) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(run({}).code, 0);
  constexpr uid_t other = 65'534;
  ASSERT_EQ(::chown(file_.c_str(), other, static_cast<gid_t>(-1)), 0);
  EXPECT_THAT(refusal_of({}), HasSubstr("is another user's"));
}

TEST_F(CommandKey, what_is_wrong_is_said_in_a_sentence) {
  EXPECT_THAT(refusal_of({"--public"}), HasSubstr("There is no key yet: `parley key --file "));
  EXPECT_THAT(refusal_of({"--list"}), HasSubstr("There is no key yet"));
  EXPECT_THAT(refusal_of({"--alg", "none"}), HasSubstr("none not in {HS256,RS256,ES256,EdDSA}"));
  EXPECT_THAT(refusal_of({"--public", "--list"}), HasSubstr("excludes"));
  EXPECT_THAT(refusal_of({"--public", "--alg", "ES256"}), HasSubstr("excludes"));
  EXPECT_THAT(refusal_of({"--remove", ""}), HasSubstr("--remove: it is empty"));
  EXPECT_THAT(refusal_of({"secret"}), HasSubstr("not expected: secret. See parley key --help."));
  ASSERT_FALSE(write_private_file(folder_.path() / "file", ""));
  file_ = folder_.path() / "file/keys.json";
  EXPECT_THAT(refusal_of({}), MatchesRegex("parley key: Cannot (read|write) .*: Not a directory.*\n"));
  file_ = folder_.path();
  EXPECT_THAT(refusal_of({"--list"}), HasSubstr("Cannot read"));
}

TEST_F(CommandKey, help_has_an_example) {
  const KeyOutcome help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("Examples:\n  parley key "));
  EXPECT_THAT(help.err, IsEmpty());
}

TEST(CommandDuration, is_read_in_seconds_minutes_hours_and_days) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("15m"), 15min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("3650d"), longest_duration);
  for (const char* const text : {"", "s", "90", "0s", "-1h", "+1h", "1.5h", " 1h", "1h ", "1w", "1H", "3651d",
                                 "87601h", "4294967295d", "4294967296s", "99999999999999999999s", "1hh"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

}  // namespace
}  // namespace parley::command

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "command/commands.hpp"
#include "temporary_folder.hpp"
#include "users/accounts.hpp"

namespace parley::command {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class CommandUser : public testing::Test {
 protected:
  struct Said {
    int code;
    std::string out;
    std::string err;
  };

  Said run(std::vector<const char*> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), "user");
    arguments.insert(arguments.end(), {"--users", file_.c_str()});
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    const int code = run_user(arguments, in, {.out = out, .err = err});
    return {code, out.str(), err.str()};
  }

  Said add(const char* name, const std::string& password = "correct horse") {
    return run({"add", name, "--password-mb", "1", "--password-passes", "1"}, password + "\n");
  }

  [[nodiscard]] bool signs_in(const std::string& name, const std::string& password) const {
    const auto accounts = users::Accounts::open({.file = file_, .cost = {.megabytes = 1, .passes = 1}});
    return static_cast<bool>((*accounts)->sign_in(name, password, {}));
  }

  TemporaryFolder folder_;
  const std::string file_ = folder_.path() / "users.db";
};

TEST_F(CommandUser, makes_accounts_lists_and_removes_them) {
  EXPECT_EQ(add("Ada").out, "Made the account Ada.\n");
  EXPECT_EQ(run({"add", "Bola", "--may", "join,moderate", "--password-mb", "1", "--password-passes", "1"},
                "battery staple\n")
                .code,
            0);
  EXPECT_THAT(run({"list"}).out, MatchesRegex("Ada  since 20..-..-..  join,publish,watch,call\n"
                                              "Bola  since 20..-..-..  join,moderate\n"));
  EXPECT_TRUE(signs_in("ada", "correct horse"));
  EXPECT_EQ(run({"remove", "ADA"}).code, 0);
  EXPECT_THAT(run({"remove", "Ada"}).err, HasSubstr("There is no account Ada"));
  EXPECT_FALSE(signs_in("ada", "correct horse"));
}

TEST_F(CommandUser, gives_a_new_password) {
  EXPECT_EQ(add("Ada").code, 0);
  EXPECT_EQ(run({"reset", "ada", "--password-mb", "1", "--password-passes", "1"}, "battery staple\n").out,
            "Ada has another password, and is signed out everywhere.\n");
  EXPECT_FALSE(signs_in("Ada", "correct horse"));
  EXPECT_TRUE(signs_in("Ada", "battery staple"));
}

TEST_F(CommandUser, says_what_is_wrong) {
  EXPECT_THAT(run({"list"}).err, HasSubstr("There is no file of accounts"));
  EXPECT_EQ(add("Ada").code, 0);
  EXPECT_THAT(add("ada").err, HasSubstr("There is an account ada already"));
  EXPECT_THAT(add("a b").err, HasSubstr("letters and digits"));
  EXPECT_THAT(add("Bola", "short").err, HasSubstr("at least 8 characters"));
  EXPECT_THAT(run({"add", "Bola"}).err, HasSubstr("There is no password"));
  EXPECT_THAT(run({"add", "Bola", "--may", "fly"}, "correct horse\n").err,
              HasSubstr("does not know the right \"fly\""));
  EXPECT_THAT(run({"reset", "Bola"}, "correct horse\n").err, HasSubstr("There is no account Bola"));
  EXPECT_EQ(run({}).code, failed);
}

}  // namespace
}  // namespace parley::command

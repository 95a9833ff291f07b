#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "temporary_folder.hpp"
#include "users/store.hpp"

namespace parley::users {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Time long_ago{std::chrono::seconds(1'800'000'000)};

class UsersStore : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Store> open() const {
    auto store = Store::open(file_, 5s);
    EXPECT_TRUE(store) << store.error();
    return store ? *std::move(store) : nullptr;
  }

  static Store::Entry entry(const std::string& name, std::uint64_t generation = 1) {
    return {.account = {.name = name,
                        .may = {hub::Right::join, hub::Right::moderate},
                        .generation = generation,
                        .since = long_ago},
            .password = "hash of " + name};
  }

  static std::vector<std::string> names(Store& store) {
    std::vector<std::string> found;
    const auto all = *store.all();
    found.reserve(all.size());
    for (const Account& account : all) found.push_back(account.name);
    return found;
  }

  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "users.db";
};

TEST_F(UsersStore, what_was_added_is_there_when_it_is_opened_again) {
  const std::string secret = open()->secret();
  EXPECT_GE(secret.size(), 64U);
  EXPECT_TRUE(*open()->add(entry("Ada")));
  const auto store = open();
  EXPECT_EQ(store->secret(), secret);
  const auto found = *store->find("aDA");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->account.name, "Ada");
  EXPECT_EQ(found->account.may, (hub::Rights{hub::Right::join, hub::Right::moderate}));
  EXPECT_EQ(found->account.generation, 1U);
  EXPECT_EQ(found->account.since, long_ago);
  EXPECT_EQ(found->password, "hash of Ada");
  EXPECT_FALSE(*store->find("bola"));
}

TEST_F(UsersStore, only_its_owner_reads_it) {
  const auto store = open();
  EXPECT_TRUE(*store->add(entry("Ada")));
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((file_.string() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(UsersStore, a_file_that_others_may_read_is_closed_to_them) {
  std::ofstream(file_).close();
  ASSERT_EQ(::chmod(file_.c_str(), 0644), 0);
  const auto store = open();
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(UsersStore, nothing_is_kept_in_a_file_that_is_not_there_any_more) {
  const auto store = open();
  EXPECT_TRUE(*store->add(entry("Ada")));
  std::filesystem::rename(file_, folder_.path() / "elsewhere.db");
  EXPECT_THAT(store->add(entry("Bola")).error(), HasSubstr("moved or removed"));
  std::ofstream(file_).close();
  EXPECT_THAT(store->add(entry("Bola")).error(), HasSubstr("moved or removed"));
}

TEST_F(UsersStore, who_reads_does_not_wait_for_who_writes) {
  const auto store = Store::open(file_, 1s);
  ASSERT_TRUE(store);
  EXPECT_TRUE(*(*store)->add(entry("Ada")));
  SQLite::Database other(file_.string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  auto adding = std::async(std::launch::async, [&] { return (*store)->add(entry("Bola")); });
  int found = 0;
  while (adding.wait_for(10ms) == std::future_status::timeout) found += *(*store)->find("Ada") ? 1 : 0;
  EXPECT_GT(found, 5) << "while somebody waits for the other program, for a second";
  EXPECT_THAT(adding.get().error(), HasSubstr("busy"));
  other.exec("COMMIT");
  EXPECT_TRUE(*(*store)->add(entry("Bola")));
}

TEST_F(UsersStore, an_account_that_has_changed_is_not_removed) {
  const auto store = open();
  EXPECT_TRUE(*store->add(entry("Ada", 5)));
  EXPECT_FALSE(*store->remove("Ada", 4));
  EXPECT_TRUE(*store->remove("Ada", 5));
}

TEST_F(UsersStore, a_name_is_given_once_in_whatever_case_and_by_whichever_program) {
  const auto one = open();
  const auto other = open();
  const auto before = *other->version();
  EXPECT_TRUE(*one->add(entry("Ada")));
  EXPECT_NE(*other->version(), before);
  EXPECT_FALSE(*other->add(entry("ada", 2)));
  EXPECT_EQ((*other->find("ada"))->account.generation, 1U);
  EXPECT_THAT(names(*other), ElementsAre("Ada"));
}

TEST_F(UsersStore, what_has_changed_meanwhile_is_not_changed_again) {
  const auto store = open();
  EXPECT_TRUE(*store->add(entry("Ada")));
  EXPECT_TRUE(*store->set_password("ada", 1, "new", 2));
  EXPECT_FALSE(*store->set_password("ada", 1, "newer", 3));
  EXPECT_FALSE(*store->set_generation("ada", 1, 3));
  EXPECT_FALSE(*store->rehash("ada", "hash of Ada", "other"));
  EXPECT_TRUE(*store->rehash("ada", "new", "new at another cost"));
  const auto found = *store->find("ada");
  EXPECT_EQ(found->password, "new at another cost");
  EXPECT_EQ(found->account.generation, 2U);
}

TEST_F(UsersStore, calls_are_kept_for_their_account_the_newest_first) {
  const auto store = open();
  EXPECT_TRUE(*store->add(entry("Ada")));
  const auto call = [](const std::string& with, Time at) {
    return Store::CallOf{.account = "ADA",
                         .entry = {.with = with,
                                   .with_account = true,
                                   .outgoing = true,
                                   .outcome = hub::CallOutcome::rejected,
                                   .at = at,
                                   .lasted = 3s}};
  };
  auto stray = call("Ada", long_ago);
  stray.account = "nobody";
  EXPECT_TRUE(store->add_calls({call("Bola", long_ago), stray, call("Bola", long_ago + 1h)}));
  const auto calls = *store->calls_of("ada");
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[0].at, long_ago + 1h);
  EXPECT_EQ(calls[1].with, "Bola");
  EXPECT_TRUE(calls[1].with_account && calls[1].outgoing);
  EXPECT_EQ(calls[1].outcome, hub::CallOutcome::rejected);
  EXPECT_EQ(calls[1].lasted, 3s);
  EXPECT_TRUE(store->forget_calls(long_ago + 1h));
  EXPECT_EQ(store->calls_of("ada")->size(), 1U);
}

TEST_F(UsersStore, nobody_fills_the_disk_with_calls) {
  const auto store = open();
  EXPECT_TRUE(*store->add(entry("Ada")));
  const std::vector<Store::CallOf> many(most_calls + 50,
                                        {.account = "Ada", .entry = {.with = "Eve", .at = long_ago}});
  EXPECT_TRUE(store->add_calls(many));
  EXPECT_EQ(store->calls_of("Ada")->size(), static_cast<std::size_t>(calls_shown));
  EXPECT_TRUE(store->add_calls({{.account = "Ada", .entry = {.with = "Bola", .at = long_ago}}}));
  EXPECT_EQ(store->calls_of("Ada")->front().with, "Bola");
}

TEST_F(UsersStore, with_an_account_goes_what_was_kept_for_it_and_its_name_is_a_stranger_s) {
  const auto store = open();
  EXPECT_TRUE(*store->add(entry("Ada")));
  EXPECT_TRUE(*store->add(entry("Bola")));
  const CallEntry with_ada{.with = "Ada", .with_account = true, .at = long_ago};
  const CallEntry with_bola{.with = "Bola", .with_account = true, .at = long_ago};
  EXPECT_TRUE(store->add_calls({{"Ada", with_bola}, {"Bola", with_ada}}));
  EXPECT_TRUE(*store->remove("aDa"));
  EXPECT_FALSE(*store->remove("Ada"));
  EXPECT_THAT(names(*store), ElementsAre("Bola"));
  EXPECT_FALSE(store->calls_of("Bola")->front().with_account);
  EXPECT_TRUE(*store->add(entry("Ada", 9)));
  EXPECT_TRUE(store->calls_of("Ada")->empty());
}

TEST_F(UsersStore, a_file_of_something_else_stays_as_it_is) {
  std::ofstream(file_)
      << "these are no accounts, and they are longer than a header of SQLite's, which has 100 bytes "
         "and says so in its first sixteen";
  const auto refused = Store::open(file_, 5s);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("damaged, or something else"));
  EXPECT_THAT(Store::open(folder_.path() / "no" / "folder", 5s).error(), HasSubstr("cannot be opened"));
}

}  // namespace
}  // namespace parley::users

#include "hub/user_list.hpp"

#include <gmock/gmock.h>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

constexpr std::size_t plenty = 10'000;

/// The next page for somebody who knows so much, as the tests of deliveries write it.
std::string page(const UserList& users, Known& known, std::size_t bytes = plenty) {
  return line({.event = std::make_shared<const Event>(users.news_for(known, bytes))});
}

TEST(HubUserList, tells_all_of_it_first_and_then_what_has_changed) {
  UserList users;
  User& ada = users.add({.as = {.name = "ada", .id = ""}});
  Known known;
  EXPECT_FALSE(users.is_known(known));
  EXPECT_EQ(page(users, known), "users ada");
  EXPECT_TRUE(users.is_known(known));

  User& bob = users.add({.as = {.name = "bob", .id = ""}});
  users.set_in_call(ada, true);
  EXPECT_FALSE(users.is_known(known));
  EXPECT_EQ(page(users, known), "users-changed +bob ada(in call)");
  users.remove(bob);
  EXPECT_EQ(page(users, known), "users-changed -bob");
  EXPECT_TRUE(users.is_known(known));
}

TEST(HubUserList, a_long_list_comes_in_pages) {
  UserList users;
  for (const char* name : {"ada", "bob", "cleo"}) users.add({.as = {.name = name, .id = ""}});
  Known known;
  EXPECT_EQ(page(users, known, 1), "users ada");
  EXPECT_EQ(page(users, known, 1), "users-changed +bob");
  EXPECT_FALSE(users.is_known(known));
  EXPECT_EQ(page(users, known, 1), "users-changed +cleo");
  EXPECT_TRUE(users.is_known(known));
}

TEST(HubUserList, who_came_and_went_between_two_pages_is_never_mentioned) {
  UserList users;
  Known known;
  EXPECT_EQ(page(users, known), "users");
  users.remove(users.add({.as = {.name = "ada", .id = ""}}));
  users.add({.as = {.name = "bob", .id = ""}});
  EXPECT_EQ(page(users, known), "users-changed +bob");
}

}  // namespace
}  // namespace parley::hub

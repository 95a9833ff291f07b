#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "auth/token.hpp"
#include "temporary_folder.hpp"
#include "users/accounts.hpp"

namespace parley::users {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using Why = Refusal::Why;

constexpr PasswordCost cheap{.megabytes = 1, .passes = 1};
const hub::Source here{.key = "192.0.2.1", .local = false};
const hub::Source there{.key = "192.0.2.2", .local = false};

class UsersAccounts : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Accounts> open(AccountLimits limits = {}) const {
    auto opened = Accounts::open({.file = folder_.path() / "users.db", .cost = cheap, .limits = limits});
    EXPECT_TRUE(opened) << opened.error();
    return opened ? *std::move(opened) : nullptr;
  }

  static SignIn by(const Account& account) { return {.name = account.name, .number = account.generation}; }

  template <class Answer>
  static int fault(const Answer& answer) {
    return answer ? -1 : static_cast<int>(answer.error().why);
  }

  TemporaryFolder folder_;
};

#define EXPECT_REFUSED(answer, reason) EXPECT_EQ(fault(answer), static_cast<int>(reason))

TEST_F(UsersAccounts, who_has_enrolled_signs_in_with_the_password_in_whatever_case_the_name_is) {
  const auto accounts = open();
  const auto made = accounts->enroll("Ada", "correct horse", here);
  ASSERT_TRUE(made);
  EXPECT_TRUE(accounts->is_taken("ADA"));
  EXPECT_TRUE(accounts->is_current("Ada", made->generation));
  EXPECT_FALSE(accounts->is_current("ada", made->generation)) << "a sign-in has the name as it is";
  const auto in = accounts->sign_in("ada", "correct horse", here);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->name, "Ada");
  EXPECT_REFUSED(accounts->sign_in("Ada", "correct horsf", here), Why::wrong_password);
  EXPECT_REFUSED(accounts->sign_in("Adam", "correct horse", here), Why::wrong_password);
  EXPECT_REFUSED(accounts->sign_in("", "correct horse", here), Why::wrong_password);
  EXPECT_REFUSED(accounts->enroll("aDa", "battery staple", there), Why::taken);
}

TEST_F(UsersAccounts, names_and_passwords_have_a_form) {
  const auto accounts = open();
  for (const char* name :
       {"", "a", "-ab", ".ab", "a b", "äda", "a\n", "a/b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    EXPECT_REFUSED(accounts->enroll(name, "correct horse", here), Why::bad_name) << name;
  EXPECT_REFUSED(accounts->enroll("Ada", "seven77", here), Why::bad_password);
  EXPECT_REFUSED(accounts->enroll("Ada", "\u00e4\u00f6\u00fc\u00df", here), Why::bad_password)
      << "of eight bytes, and four characters";
  EXPECT_REFUSED(accounts->enroll("Ada", std::string(129, 'x'), here), Why::bad_password);
  EXPECT_EQ(fault(accounts->enroll("4.a_B-", std::string(128, 'x'), here)), -1);
  const std::string with_zero("horse\0battery", 13);
  EXPECT_EQ(fault(accounts->enroll("Zero", with_zero, here)), -1);
  EXPECT_REFUSED(accounts->sign_in("Zero", std::string("horse\0batterx", 13), here), Why::wrong_password);
}

TEST_F(UsersAccounts, another_password_ends_all_sign_ins_but_the_one_that_comes_of_it) {
  const auto accounts = open();
  const auto made = accounts->enroll("Ada", "correct horse", here);
  EXPECT_REFUSED(accounts->change_password(by(*made), "wrong", "battery staple", here), Why::wrong_password);
  EXPECT_REFUSED(accounts->change_password(by(*made), "correct horse", "short", here), Why::bad_password);
  EXPECT_TRUE(accounts->is_current("Ada", made->generation));
  const auto changed = accounts->change_password(by(*made), "correct horse", "battery staple", here);
  ASSERT_TRUE(changed);
  EXPECT_FALSE(accounts->is_current("Ada", made->generation));
  EXPECT_TRUE(accounts->is_current("Ada", changed->generation));
  EXPECT_REFUSED(accounts->sign_in("Ada", "correct horse", here), Why::wrong_password);
  EXPECT_TRUE(accounts->sign_in("Ada", "battery staple", here));
  EXPECT_REFUSED(accounts->find(by(*made)), Why::signed_out);
  EXPECT_REFUSED(accounts->sign_out(by(*made)), Why::signed_out);
  EXPECT_REFUSED(accounts->change_password(by(*made), "battery staple", "correct horse", here),
                 Why::signed_out);
  EXPECT_REFUSED(accounts->remove(by(*made), "battery staple", here), Why::signed_out);
  EXPECT_REFUSED(accounts->calls_of(by(*made)), Why::signed_out);
  EXPECT_REFUSED(accounts->leave_missed(by(*made), "Ada"), Why::signed_out);
  EXPECT_TRUE(accounts->sign_out(by(*changed)));
  EXPECT_FALSE(accounts->is_current("Ada", changed->generation));
}

TEST_F(UsersAccounts, a_sign_in_of_a_name_that_was_given_again_is_not_good) {
  const auto accounts = open();
  const auto made = accounts->enroll("Ada", "correct horse", here);
  EXPECT_REFUSED(accounts->remove(by(*made), "wrong", here), Why::wrong_password);
  EXPECT_TRUE(accounts->remove(by(*made), "correct horse", here));
  EXPECT_FALSE(accounts->is_taken("Ada"));
  EXPECT_REFUSED(accounts->find(by(*made)), Why::signed_out);
  EXPECT_TRUE(accounts->enroll("Ada", "battery staple", there));
  EXPECT_FALSE(accounts->is_current("Ada", made->generation));
}

TEST_F(UsersAccounts, a_sign_in_is_a_token_of_the_accounts_own_key) {
  const auto accounts = open();
  const auto account = *accounts->enroll("Ada", "correct horse", here);
  const Time now{std::chrono::seconds(1'800'000'000)};
  const auto claims = accounts->claims_of(account, now);
  const auto token = auth::make_token(claims, accounts->keys().keys().front(), now);
  EXPECT_EQ(auth::key_id_of(token), accounts->keys().keys().front().id());
  const auto checked = auth::check_token(token, accounts->keys(), {}, now);
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->identity, "Ada");
  EXPECT_EQ(checked->name, "Ada");
  EXPECT_EQ(checked->epoch, account.generation);
  EXPECT_EQ(checked->ends, now + 720h);
  EXPECT_EQ(auth::check_token(token, open()->keys(), {}, now)->identity, "Ada")
      << "also when it starts again";
}

TEST_F(UsersAccounts, who_guesses_is_slowed_down_and_keeps_nobody_out_where_they_were_before) {
  const AccountLimits limits{.per_address = {.per_minute = 0.001, .at_once = 6},
                             .per_name = {.per_minute = 0.001, .at_once = 3}};
  const auto accounts = open(limits);
  EXPECT_TRUE(accounts->enroll("Ada", "correct horse", here));
  for (int i = 0; i < 3; ++i) EXPECT_REFUSED(accounts->sign_in("Ada", "a guess", there), Why::wrong_password);
  const auto slowed = accounts->sign_in("Ada", "correct horse", there);
  EXPECT_REFUSED(slowed, Why::too_fast) << "right or wrong";
  EXPECT_GT(slowed.error().wait, 1min);
  EXPECT_TRUE(accounts->sign_in("Ada", "correct horse", here));
  for (const char* name : {"nobody", "nobody", "nobody"}) {
    const hub::Source elsewhere{.key = "192.0.2.3", .local = false};
    EXPECT_REFUSED(accounts->sign_in(name, "a guess", elsewhere), Why::wrong_password);
  }
  EXPECT_REFUSED(accounts->sign_in("nobody", "a guess", here), Why::too_fast)
      << "a name that nobody has is counted just so";
  EXPECT_REFUSED(accounts->sign_in("Bola", "a guess", there), Why::wrong_password);
  EXPECT_REFUSED(accounts->sign_in("Cleo", "a guess", there), Why::wrong_password);
  EXPECT_REFUSED(accounts->sign_in("Dora", "a guess", there), Why::too_fast) << "so many from one address";
}

TEST_F(UsersAccounts, strangers_who_guess_do_not_keep_out_who_has_signed_in) {
  const AccountLimits limits{.per_name = {.per_minute = 0.001, .at_once = 2}};
  const auto accounts = open(limits);
  const auto made = accounts->enroll("Ada", "correct horse", here);
  for (int i = 0; i < 3; ++i) static_cast<void>(accounts->sign_in("Ada", "a guess", there));
  EXPECT_REFUSED(accounts->sign_in("Ada", "correct horse", there), Why::too_fast);
  EXPECT_TRUE(accounts->change_password(by(*made), "correct horse", "battery staple", there));
}

TEST_F(UsersAccounts, a_sign_in_that_another_program_has_ended_does_nothing_from_then_on) {
  const auto accounts = open();
  const auto made = accounts->enroll("Ada", "correct horse", here);
  const auto other = open();
  EXPECT_TRUE(other->change_password(by(*made), "correct horse", "battery staple", here));
  EXPECT_REFUSED(accounts->find(by(*made)), Why::signed_out) << "it has not even been told";
  EXPECT_REFUSED(accounts->sign_out(by(*made)), Why::signed_out);
}

TEST_F(UsersAccounts, a_call_of_an_account_that_is_gone_is_not_the_next_one_s) {
  const auto accounts = open();
  const auto ada = accounts->enroll("Ada", "correct horse", here);
  const auto bola = accounts->enroll("Bola", "battery staple", here);
  accounts->keep({.caller = {.name = "Ada", .sign_in = ada->generation},
                  .callee = {.name = "Bola", .sign_in = bola->generation}});
  EXPECT_TRUE(accounts->remove(by(*bola), "battery staple", here));
  const auto next = accounts->enroll("bola", "a stranger's", there);
  EXPECT_TRUE(accounts->calls_of(by(*next))->empty());
  const auto calls = *accounts->calls_of(by(*ada));
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_FALSE(calls.front().with_account);
}

TEST_F(UsersAccounts, calls_are_there_for_both_who_have_an_account) {
  const auto accounts = open();
  const auto ada = accounts->enroll("Ada", "correct horse", here);
  const auto bola = accounts->enroll("Bola", "battery staple", here);
  accounts->keep({.caller = {.name = "Ada", .sign_in = ada->generation},
                  .callee = {.name = "Bola", .sign_in = bola->generation},
                  .outcome = hub::CallOutcome::answered,
                  .ago = 60s,
                  .lasted = 50s});
  accounts->keep({.caller = {.name = "a guest"}, .callee = {.name = "Bola", .sign_in = bola->generation}});
  EXPECT_TRUE(accounts->leave_missed(by(*bola), "ADA"));
  EXPECT_REFUSED(accounts->leave_missed(by(*bola), "nobody"), Why::no_such_account);
  const auto told = [&](const Account& account) {
    std::vector<std::string> lines;
    const auto calls = *accounts->calls_of(by(account));
    lines.reserve(calls.size());
    for (const auto& call : calls)
      lines.push_back(call.with + (call.with_account ? "*" : "") + (call.outgoing ? " out " : " in ") +
                      std::string(name_of(call.outcome)));
    return lines;
  };
  EXPECT_THAT(told(*ada), ElementsAre("Bola* in missed", "Bola* out answered"));
  EXPECT_THAT(told(*bola), ElementsAre("Ada* out missed", "a guest in missed", "Ada* in answered"));
}

TEST_F(UsersAccounts, another_program_s_changes_are_told_of) {
  const auto accounts = open();
  std::mutex mutex;
  std::vector<std::string> told;
  const auto lines = [&] {
    const std::lock_guard lock(mutex);
    return told;
  };
  const auto wait_for = [&](std::size_t count) {
    for (int tries = 0; tries < 3'000 && lines().size() < count; ++tries) std::this_thread::sleep_for(10ms);
  };
  accounts->start([&](const std::string& name, std::optional<std::uint64_t> sign_in) {
    const std::lock_guard lock(mutex);
    told.push_back((sign_in ? "+" : "-") + name);
  });
  const auto other = open();
  const auto made = other->enroll("Ada", "correct horse", here);
  wait_for(1);
  EXPECT_TRUE(accounts->is_taken("ada"));
  EXPECT_TRUE(other->sign_out(by(*made)));
  wait_for(2);
  EXPECT_TRUE(other->remove(by(*other->sign_in("Ada", "correct horse", here)), "correct horse", here));
  wait_for(3);
  EXPECT_FALSE(accounts->is_taken("ada"));
  EXPECT_THAT(lines(), ElementsAre("+Ada", "+Ada", "-Ada"));
  EXPECT_TRUE(accounts->enroll("Bola", "correct horse", here));
  EXPECT_THAT(lines(), ElementsAre("+Ada", "+Ada", "-Ada", "+Bola")) << "its own, at once";
}

TEST_F(UsersAccounts, of_many_who_want_one_name_one_gets_it) {
  const auto one = open();
  const auto other = open();
  std::vector<std::future<bool>> tries;
  tries.reserve(8);
  for (int i = 0; i < 8; ++i) {
    tries.push_back(std::async(std::launch::async, [&, i] {
      return static_cast<bool>((i % 2 == 0 ? *one : *other).enroll("Ada", "correct horse", here));
    }));
  }
  int made = 0;
  for (auto& each : tries) made += each.get() ? 1 : 0;
  EXPECT_EQ(made, 1);
}

TEST_F(UsersAccounts, there_are_only_so_many) {
  AccountLimits limits;
  limits.accounts = 1;
  const auto accounts = open(limits);
  EXPECT_TRUE(accounts->enroll("Ada", "correct horse", here));
  EXPECT_REFUSED(accounts->enroll("Bola", "correct horse", here), Why::full);
}

TEST(UsersPasswords, who_comes_while_all_places_are_taken_is_told_so) {
  const Passwords passwords({.megabytes = 64, .passes = 3});
  std::vector<std::future<bool>> tries;
  for (std::size_t i = 0; i < 3 * (Passwords::at_once + Passwords::most_waiting); ++i)
    tries.push_back(
        std::async(std::launch::async, [&] { return passwords.hash("correct horse").has_value(); }));
  std::size_t done = 0;
  for (auto& each : tries) done += each.get() ? 1 : 0;
  EXPECT_GE(done, Passwords::at_once + Passwords::most_waiting);
  EXPECT_LT(done, tries.size());
  const auto hash = passwords.hash("correct horse");
  ASSERT_TRUE(hash) << "there are places again";
  EXPECT_EQ(passwords.verify(*hash, "correct horse"), true);
  EXPECT_EQ(passwords.verify(*hash, "correct horsf"), false);
  EXPECT_EQ(passwords.verify("", "nobody's"), false) << "not even with the password of nobody";
  EXPECT_FALSE(passwords.is_outdated(*hash));
  EXPECT_TRUE(Passwords({.megabytes = 1, .passes = 1}).is_outdated(*hash));
}

TEST(UsersThrottle, remembers_so_many_and_forgets_who_has_not_tried_for_the_longest) {
  Throttle throttle({.per_minute = 60, .at_once = 2});
  hub::Instant now{1h};
  EXPECT_EQ(throttle.take("a", now), 0s);
  EXPECT_EQ(throttle.take("a", now), 0s);
  EXPECT_EQ(throttle.take("a", now), 1s);
  now += 1s;
  EXPECT_EQ(throttle.take("a", now), 0s);
  for (std::size_t i = 1; i < Throttle::most; ++i)
    static_cast<void>(throttle.take(std::to_string(i), now + 1s));
  now += 1min;
  EXPECT_EQ(throttle.take("one more", now), 0s);
  EXPECT_FALSE(throttle.knows("a"));
  EXPECT_TRUE(throttle.knows("1"));
  now += 1h;
  throttle.greet("later", now);
  EXPECT_FALSE(throttle.knows("1"));
  EXPECT_TRUE(throttle.knows("later"));
}

}  // namespace
}  // namespace parley::users

#include <array>
#include <chrono>
#include <ctime>
#include <exception>
#include <filesystem>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "command/arguments.hpp"
#include "command/commands.hpp"
#include "command/password_prompt.hpp"
#include "users/account.hpp"
#include "users/accounts.hpp"
#include "users/passwords.hpp"
#include "users/store.hpp"

namespace parley::command {
namespace {

namespace fs = std::filesystem;
using users::Account;
using users::Store;

constexpr const char* about_user =
    "Makes, lists and removes accounts, and gives them new passwords. A running host knows within a second.";
constexpr const char* user_examples =
    "Passwords are asked for, or read from standard input:\n"
    "  parley user add Ada --users users.db\n"
    "  pwgen 16 1 | tee password | parley user reset Ada --users users.db\n"
    "  parley user list --users users.db";

// A host that writes is done in milliseconds; a slow disk may take this long.
constexpr std::chrono::seconds patience{5};

struct UserWish {
  fs::path file{};
  std::string name{};
  std::vector<std::string> may{};
  users::PasswordCost cost{};
};

/// The sentence that a command ends with.
using Said = Result<std::string, std::string>;

Result<std::unique_ptr<Store>, std::string> open_store(const UserWish& wish, bool makes_file) {
  std::error_code error;
  if (!makes_file && !fs::exists(wish.file, error))
    return Failure("There is no file of accounts at " + wish.file.string() + ".");
  return Store::open(wish.file, patience);
}

Result<std::string, std::string> new_hash(const UserWish& wish, std::istream& in, Streams streams) {
  const auto password = read_password("Password for " + wish.name + ": ", in, streams);
  if (!password) return Failure("There is no password: type one, or send it to standard input.");
  if (auto fault = users::fault_of_password(*password)) return Failure(*std::move(fault));
  auto hash = users::Passwords(wish.cost).hash(*password);
  if (!hash) return Failure("There is no memory for --password-mb.");
  return *std::move(hash);
}

Said no_such(const UserWish& wish) {
  return Failure("There is no account " + wish.name + " in " + wish.file.string() + '.');
}

Said add(const UserWish& wish, std::istream& in, Streams streams) {
  if (auto fault = users::fault_of_name(wish.name)) return Failure(*std::move(fault));
  hub::Rights may = users::usual_rights();
  if (!wish.may.empty()) {
    auto given = rights_of(wish.may);
    if (!given) return Failure(std::move(given.error()));
    may = *given;
  }
  auto store = open_store(wish, true);
  if (!store) return Failure(std::move(store.error()));
  auto hash = new_hash(wish, in, streams);
  if (!hash) return Failure(std::move(hash.error()));
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto added = (*store)->add(
      {.account = {.name = wish.name, .may = may, .generation = users::new_sign_in(), .since = now},
       .password = *std::move(hash)});
  if (!added) return Failure(added.error());
  if (!*added)
    return Failure("There is an account " + wish.name + " already, perhaps with capital letters elsewhere.");
  return "Made the account " + wish.name + ".\n";
}

Said reset(const UserWish& wish, std::istream& in, Streams streams) {
  auto store = open_store(wish, false);
  if (!store) return Failure(std::move(store.error()));
  const auto found = (*store)->find(wish.name);
  if (!found) return Failure(found.error());
  if (!*found) return no_such(wish);
  auto hash = new_hash(wish, in, streams);
  if (!hash) return Failure(std::move(hash.error()));
  const auto changed =
      (*store)->set_password(wish.name, (*found)->account.generation, *hash, users::new_sign_in());
  if (!changed) return Failure(changed.error());
  if (!*changed) return Failure("The account has changed at this moment. Try again.");
  return (*found)->account.name + " has another password, and is signed out everywhere.\n";
}

Said remove(const UserWish& wish) {
  auto store = open_store(wish, false);
  if (!store) return Failure(std::move(store.error()));
  const auto removed = (*store)->remove(wish.name);
  if (!removed) return Failure(removed.error());
  if (!*removed) return no_such(wish);
  return "Removed the account " + wish.name + " and all that was kept for it.\n";
}

std::string date_of(users::Time time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%F", &utc)};
}

Said list(const UserWish& wish) {
  auto store = open_store(wish, false);
  if (!store) return Failure(std::move(store.error()));
  const auto all = (*store)->all();
  if (!all) return Failure(all.error());
  std::string lines;
  for (const Account& account : *all)
    lines +=
        account.name + "  since " + date_of(account.since) + "  " + users::join_rights(account.may) + '\n';
  return lines;
}

}  // namespace

int run_user(std::span<const char* const> arguments, std::istream& in, Streams streams) {
  UserWish wish;
  std::string file;
  CLI::App app(about_user, "parley user");
  app.footer(user_examples);
  app.require_subcommand(1);
  const auto command = [&](const std::string& name, const std::string& description) {
    CLI::App* const sub = app.add_subcommand(name, description);
    sub->add_option("--users", file, "the file of accounts, as the host has it")
        ->envname("PARLEY_USERS")
        ->type_name("FILE")
        ->check(not_empty())
        ->required();
    return sub;
  };
  const auto name_for = [&](CLI::App* sub) {
    sub->add_option("name", wish.name, "whose it is")->type_name("NAME")->check(not_empty())->required();
  };
  const auto cost_for = [&](CLI::App* sub) {
    sub->add_option("--password-mb", wish.cost.megabytes, "MiB that checking the password takes (Argon2id)")
        ->check(CLI::Range(1, 4'095))
        ->capture_default_str();
    sub->add_option("--password-passes", wish.cost.passes, "how often that memory is gone through")
        ->check(CLI::Range(1, 4'095))
        ->capture_default_str();
  };
  CLI::App* const adding = command("add", "makes an account");
  name_for(adding);
  cost_for(adding);
  adding
      ->add_option("--may", wish.may,
                   "what it may do: join, publish, watch, call, moderate, admin, register "
                   "[join,publish,watch,call]")
      ->type_name("RIGHTS")
      ->delimiter(',')
      ->allow_extra_args(false);
  CLI::App* const listing =
      command("list", "prints all names, since when they are there, and what they may do");
  CLI::App* const removing = command("remove", "removes an account, and all that is kept for it");
  name_for(removing);
  CLI::App* const resetting =
      command("reset", "gives an account another password, and signs it out everywhere");
  name_for(resetting);
  cost_for(resetting);
  if (const auto code = parse(app, arguments, streams)) return *code;

  wish.file = file;
  const auto said = adding->parsed()     ? add(wish, in, streams)
                    : listing->parsed()  ? list(wish)
                    : removing->parsed() ? remove(wish)
                                         : reset(wish, in, streams);
  if (!said) return fail(app, said.error(), streams);
  streams.out << *said;
  return 0;
}

}  // namespace parley::command

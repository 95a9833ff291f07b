#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "auth/claims.hpp"
#include "auth/key_set.hpp"
#include "base/name_map.hpp"
#include "base/result.hpp"
#include "hub/call_record.hpp"
#include "hub/source.hpp"
#include "hub/time.hpp"
#include "users/account.hpp"
#include "users/call_entry.hpp"
#include "users/passwords.hpp"
#include "users/store.hpp"
#include "users/throttle.hpp"

namespace parley::users {

/// Who makes accounts.
enum class Registration : std::uint8_t {
  open,     ///< everybody
  invited,  ///< whoever has a token that may `register`
  closed,   ///< nobody but whoever runs the host: `parley user`
};

struct AccountLimits {
  /// Of sign-ins, right or wrong, from one address: an office that begins to work. A local address may be a proxy's, and
  /// gets ten times as much.
  Throttle::Pace per_address{.per_minute = 10, .at_once = 30};
  /// Of one name, by whoever has not been let in before from their address: some 1,500 guesses a day.
  /// Whoever has is counted apart: strangers who guess do not keep them out.
  Throttle::Pace per_name{.per_minute = 1, .at_once = 20};
  /// Of accounts made, or not made since the name was taken, from one address: a class that does so at once.
  Throttle::Pace registrations{.per_minute = 1, .at_once = 30};
  /// Of calls to people who are not online, left by one account.
  Throttle::Pace missed{.per_minute = 4, .at_once = 10};
  /// How long a sign-in lasts that nobody renews.
  std::chrono::seconds sign_in{30 * 24 * 3'600};
  /// Each is some 200 bytes of memory.
  std::size_t accounts = 100'000;
};

struct AccountOptions {
  std::filesystem::path file;
  Registration registration = Registration::closed;
  PasswordCost cost{};
  AccountLimits limits{};
};

/// Why something was not done.
struct Refusal {
  enum class Why : std::uint8_t {
    closed,           ///< accounts are not made so here
    bad_name,         ///< no account may have it
    bad_password,     ///< too short, or too long
    taken,            ///< the name is somebody's
    wrong_password,   ///< or there is no such account, which is not told
    signed_out,       ///< the account has changed meanwhile, or is gone
    no_such_account,  ///< nobody has this name
    too_fast,         ///< from this address, or for this name
    busy,             ///< as many passwords are checked as the host can
    full,             ///< there are as many accounts as the host takes
    not_kept,         ///< the disk fails
  };

  Why why;
  std::string sentence;
  hub::Duration wait{};  ///< after which to try again, where that is known
};

/// What somebody has shown.
struct SignIn {
  std::string name;
  std::uint64_t number = 0;
};

/// Names that belong to people, with passwords: kept in a Store, and at hand in memory for all that is asked often. From
/// any thread; what takes a password takes 0.1 s and waits for the disk.
class Accounts {
 public:
  template <class T>
  using Answer = Result<T, Refusal>;

  /// What must be true wherever names and sign-ins are looked at: nothing where the account is gone.
  using OnChange = std::function<void(const std::string& name, std::optional<std::uint64_t> sign_in)>;

  /// The error is a sentence.
  [[nodiscard]] static Result<std::unique_ptr<Accounts>, std::string> open(AccountOptions options);
  ~Accounts();
  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;

  /// Looks, from now on, at what other programs change in the file, and keeps calls.
  void start(OnChange on_change);
  /// Keeps what there is to keep.
  void stop();

  [[nodiscard]] Registration registration() const { return options_.registration; }

  // What is asked often, and answered from memory.

  /// Whether it belongs to somebody, in whatever case.
  [[nodiscard]] bool is_taken(std::string_view name) const;
  [[nodiscard]] bool is_current(std::string_view name, std::uint64_t sign_in) const;

  /// The key that sign-ins are signed with, alone.
  [[nodiscard]] const auth::KeySet& keys() const { return keys_; }
  /// What a sign-in says that is made now.
  [[nodiscard]] auth::Claims claims_of(const Account& account, Time now) const;

  // What people ask for.

  [[nodiscard]] Answer<Account> enroll(const std::string& name, std::string_view password,
                                       const hub::Source& source);
  [[nodiscard]] Answer<Account> sign_in(const std::string& name, std::string_view password,
                                        const hub::Source& source);
  // By whoever has signed in: what has changed since then, they find themselves signed out of.

  /// All sign-ins but the one that is made of the answer end.
  [[nodiscard]] Answer<Account> change_password(const SignIn& by, std::string_view password,
                                                std::string_view next, const hub::Source& source);
  /// All sign-ins end.
  [[nodiscard]] Answer<void> sign_out(const SignIn& by);
  /// With all that is kept for it.
  [[nodiscard]] Answer<void> remove(const SignIn& by, std::string_view password, const hub::Source& source);
  [[nodiscard]] Answer<Account> find(const SignIn& by);
  [[nodiscard]] Answer<std::vector<CallEntry>> calls_of(const SignIn& by);
  /// For somebody who is not there to be called.
  [[nodiscard]] Answer<void> leave_missed(const SignIn& by, const std::string& to);

  /// A call is over. It is kept in a moment; who answers a client does not wait for that.
  void keep(const hub::CallRecord& call);

 private:
  struct Known {
    std::string name;
    std::uint64_t sign_in = 0;
  };
  using Names = NameMap<Known>;
  struct WaitingCall {
    hub::CallRecord call;
    Time since{};
  };

  Accounts(AccountOptions options, std::unique_ptr<Store> store, auth::Key key);

  [[nodiscard]] Result<void, std::string> reload();
  // In memory, and wherever else it matters; in the order of the file, so with `changing_` held.
  void take_in(const Account& account);
  void forget(const std::string& name);
  [[nodiscard]] Answer<void> may_try(const std::string& name, const hub::Source& source);
  [[nodiscard]] Answer<Store::Entry> check(const std::string& name, std::string_view password);
  /// Of whoever has signed in: others who guess do not keep them from it.
  [[nodiscard]] Answer<Account> prove(const SignIn& by, std::string_view password, const hub::Source& source);
  [[nodiscard]] Answer<Account> look_up(const std::string& name);
  [[nodiscard]] Answer<std::string> hash(std::string_view password) const;
  void run(const std::stop_token& stop);
  void keep_waiting_calls();
  [[nodiscard]] std::vector<Store::CallOf> entries_of(const WaitingCall& waiting) const;
  void tell(const std::string& name, std::optional<std::uint64_t> sign_in) const;

  const AccountOptions options_;
  const std::unique_ptr<Store> store_;
  const Passwords passwords_;
  const auth::KeySet keys_;
  Throttle by_address_;
  Throttle by_proxy_;
  Throttle by_name_;
  Throttle by_known_;
  Throttle registrations_;
  Throttle registrations_by_proxy_;
  Throttle missed_;
  OnChange on_change_;

  std::mutex changing_;  ///< before the other: file and memory change in the same order
  std::int64_t version_ = -1;
  mutable std::shared_mutex names_mutex_;
  Names names_;

  std::mutex keeping_;  ///< before the other
  std::mutex calls_mutex_;
  std::deque<WaitingCall> calls_;
  std::condition_variable_any never_;  // nobody notifies it
  std::jthread keeper_;
};

}  // namespace parley::users

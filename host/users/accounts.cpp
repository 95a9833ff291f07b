#include "users/accounts.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "base/log.hpp"
#include "base/memory_reserve.hpp"
#include "base/sha256.hpp"

namespace parley::users {
namespace {

using Why = Refusal::Why;
using Clock = std::chrono::steady_clock;

// What another program changes is true here after this long at the most.
constexpr std::chrono::seconds look_again{1};
constexpr std::chrono::hours clean_again{1};
// Calls that wait for a disk that fails.
constexpr std::size_t most_waiting_calls = 10'000;
constexpr double proxied = 10;
// Another host that writes is done in milliseconds. Whoever waits here keeps one of the threads that answer HTTP.
constexpr std::chrono::milliseconds patience{250};

Time now_in_seconds() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Throttle::Pace many_times(Throttle::Pace pace) {
  return {.per_minute = pace.per_minute * proxied, .at_once = pace.at_once * proxied};
}

/// Where somebody has signed in, they most likely do so again.
Throttle::Pace for_long(Throttle::Pace pace) {
  pace.remembered = std::chrono::days(90);
  return pace;
}

Failure<Refusal> refusal(Why why, std::string sentence, hub::Duration wait = {}) {
  return Failure(Refusal{.why = why, .sentence = std::move(sentence), .wait = wait});
}

/// The sentence itself is for whoever runs the host.
Failure<Refusal> not_kept(const std::string& fault) {
  log::line(log::Level::error, "accounts-not-kept", {{"detail", fault}});
  return refusal(Why::not_kept,
                 "This host cannot keep that at the moment, and nothing has changed. Try again later.");
}

Failure<Refusal> busy() {
  return refusal(Why::busy, "Many people sign in at this moment. Try again in a second.",
                 std::chrono::seconds(1));
}

Failure<Refusal> too_fast(hub::Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return refusal(Why::too_fast, "That was tried too often. Try again in " + std::to_string(seconds) + " s.",
                 wait);
}

Failure<Refusal> wrong_password() {
  return refusal(Why::wrong_password, "There is no account of this name with this password.");
}

Failure<Refusal> signed_out() {
  return refusal(Why::signed_out, "You are signed out. Sign in again.");
}

Failure<Refusal> no_such_account() {
  return refusal(Why::no_such_account, "There is no account of this name.");
}

auth::Key key_of(const std::string& secret) {
  auth::Key key(secret);
  key.set_id("accounts-" + sha256_hex("name of " + secret).substr(0, 16));
  return key;
}

}  // namespace

Accounts::Accounts(AccountOptions options, std::unique_ptr<Store> store, auth::Key key)
    : options_(std::move(options)),
      store_(std::move(store)),
      passwords_(options_.cost),
      keys_(std::vector{std::move(key)}),
      by_address_(options_.limits.per_address),
      by_proxy_(many_times(options_.limits.per_address)),
      by_name_(options_.limits.per_name),
      by_known_(for_long(options_.limits.per_name)),
      registrations_(options_.limits.registrations),
      registrations_by_proxy_(many_times(options_.limits.registrations)),
      missed_(options_.limits.missed) {}

Accounts::~Accounts() {
  stop();
}

Result<std::unique_ptr<Accounts>, std::string> Accounts::open(AccountOptions options) {
  auto store = Store::open(options.file, patience);
  if (!store) return Failure(std::move(store.error()));
  try {
    auto key = key_of((*store)->secret());
    std::unique_ptr<Accounts> accounts(new Accounts(std::move(options), *std::move(store), std::move(key)));
    if (auto loaded = accounts->reload(); !loaded) return Failure(std::move(loaded.error()));
    return accounts;
  } catch (const std::exception& error) {
    return Failure(std::string("Passwords cannot be checked here: ") + error.what() + '.');
  }
}

void Accounts::start(OnChange on_change) {
  on_change_ = std::move(on_change);
  keeper_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Accounts::stop() {
  if (!keeper_.joinable()) return;
  keeper_.request_stop();
  keeper_.join();
  keep_waiting_calls();
}

bool Accounts::is_taken(std::string_view name) const {
  const std::shared_lock lock(names_mutex_);
  return names_.contains(folded(name));
}

bool Accounts::is_current(std::string_view name, std::uint64_t sign_in) const {
  const std::shared_lock lock(names_mutex_);
  const auto found = names_.find(folded(name));
  return found != names_.end() && found->second.name == name && found->second.sign_in == sign_in;
}

auth::Claims Accounts::claims_of(const Account& account, Time now) const {
  return {.identity = account.name,
          .name = account.name,
          .may = account.may,
          .ends = now + options_.limits.sign_in,
          .epoch = account.generation};
}

Accounts::Answer<Account> Accounts::enroll(const std::string& name, std::string_view password,
                                           const hub::Source& source) {
  if (auto fault = fault_of_name(name)) return refusal(Why::bad_name, *std::move(fault));
  if (auto fault = fault_of_password(password)) return refusal(Why::bad_password, *std::move(fault));
  auto& registrations = source.local ? registrations_by_proxy_ : registrations_;
  if (const auto wait = registrations.take(source.key, Clock::now()); wait > hub::Duration{})
    return too_fast(wait);
  const auto taken = [] { return refusal(Why::taken, "This name is somebody's already. Choose another."); };
  if (is_taken(name)) return taken();
  auto hashed = hash(password);
  if (!hashed) return Failure(std::move(hashed.error()));
  Account account{
      .name = name, .may = usual_rights(), .generation = new_sign_in(), .since = now_in_seconds()};
  {
    const std::lock_guard changing(changing_);
    if (names_.size() >= options_.limits.accounts)
      return refusal(Why::full, "This host keeps as many accounts as it can. Ask whoever runs it.");
    const auto added = store_->add({.account = account, .password = *std::move(hashed)});
    if (!added) return not_kept(added.error());
    if (!*added) return taken();
    take_in(account);
  }
  by_known_.greet(folded(name) + '\n' + source.key, Clock::now());
  return account;
}

Accounts::Answer<Account> Accounts::sign_in(const std::string& name, std::string_view password,
                                            const hub::Source& source) {
  // Neither can be anybody's, whatever there is.
  if (!is_account_name(name) || password.size() > most_password_bytes) return wrong_password();
  if (auto may = may_try(name, source); !may) return Failure(std::move(may.error()));
  auto proven = check(name, password);
  if (!proven) return Failure(std::move(proven.error()));
  by_known_.greet(folded(name) + '\n' + source.key, Clock::now());
  if (passwords_.is_outdated(proven->password)) {
    // The next sign-in can do that, too.
    if (const auto hashed = passwords_.hash(password))
      static_cast<void>(store_->rehash(name, proven->password, *hashed));
  }
  return std::move(proven->account);
}

Accounts::Answer<Account> Accounts::change_password(const SignIn& by, std::string_view password,
                                                    std::string_view next, const hub::Source& source) {
  if (auto fault = fault_of_password(next)) return refusal(Why::bad_password, *std::move(fault));
  auto account = prove(by, password, source);
  if (!account) return Failure(std::move(account.error()));
  auto hashed = hash(next);
  if (!hashed) return Failure(std::move(hashed.error()));
  account->generation = new_sign_in();
  const std::lock_guard changing(changing_);
  const auto changed = store_->set_password(by.name, by.number, *hashed, account->generation);
  if (!changed) return not_kept(changed.error());
  if (!*changed) return signed_out();
  take_in(*account);
  return account;
}

Accounts::Answer<void> Accounts::sign_out(const SignIn& by) {
  auto account = find(by);
  if (!account) return Failure(std::move(account.error()));
  account->generation = new_sign_in();
  const std::lock_guard changing(changing_);
  const auto changed = store_->set_generation(by.name, by.number, account->generation);
  if (!changed) return not_kept(changed.error());
  if (!*changed) return signed_out();
  take_in(*account);
  return {};
}

Accounts::Answer<void> Accounts::remove(const SignIn& by, std::string_view password,
                                        const hub::Source& source) {
  if (auto account = prove(by, password, source); !account) return Failure(std::move(account.error()));
  const std::lock_guard changing(changing_);
  const auto removed = store_->remove(by.name, by.number);
  if (!removed) return not_kept(removed.error());
  if (!*removed) return signed_out();
  forget(by.name);
  return {};
}

Accounts::Answer<Account> Accounts::find(const SignIn& by) {
  auto found = look_up(by.name);
  if (!found && found.error().why != Why::no_such_account) return found;
  if (!found || found->generation != by.number) return signed_out();
  return found;
}

Accounts::Answer<Account> Accounts::look_up(const std::string& name) {
  auto found = store_->find(name);
  if (!found) return not_kept(found.error());
  if (!*found) return no_such_account();
  return std::move((*found)->account);
}

Accounts::Answer<std::vector<CallEntry>> Accounts::calls_of(const SignIn& by) {
  keep_waiting_calls();
  auto calls = store_->calls_of(by.name);
  if (!calls) return not_kept(calls.error());
  // Else they are of whoever has the name now.
  if (auto still = find(by); !still) return Failure(std::move(still.error()));
  return *std::move(calls);
}

Accounts::Answer<void> Accounts::leave_missed(const SignIn& by, const std::string& to) {
  if (const auto wait = missed_.take(folded(by.name), Clock::now()); wait > hub::Duration{})
    return too_fast(wait);
  if (auto caller = find(by); !caller) return Failure(std::move(caller.error()));
  const auto callee = look_up(to);
  if (!callee) return Failure(callee.error());
  keep_waiting_calls();  // Those were before.
  const WaitingCall call{.call = {.caller = {.name = by.name, .sign_in = by.number},
                                  .callee = {.name = callee->name, .sign_in = callee->generation}},
                         .since = now_in_seconds()};
  if (const auto kept = store_->add_calls(entries_of(call)); !kept) return not_kept(kept.error());
  return {};
}

void Accounts::keep(const hub::CallRecord& call) {
  const std::lock_guard lock(calls_mutex_);
  if (calls_.size() < most_waiting_calls)
    calls_.push_back({.call = call, .since = now_in_seconds() - call.ago});
}

/// As each of the two sees it whose sign-in is still good: a name may be somebody else's by now.
std::vector<Store::CallOf> Accounts::entries_of(const WaitingCall& waiting) const {
  const hub::CallRecord& call = waiting.call;
  const auto has_account = [this](const hub::CallRecord::Party& party) {
    return party.sign_in && is_current(party.name, *party.sign_in);
  };
  std::vector<Store::CallOf> entries;
  const auto put = [&](const hub::CallRecord::Party& one, const hub::CallRecord::Party& other,
                       bool outgoing) {
    if (!has_account(one)) return;
    entries.push_back({.account = one.name,
                       .entry = {.with = other.name,
                                 .with_account = has_account(other),
                                 .outgoing = outgoing,
                                 .outcome = call.outcome,
                                 .at = waiting.since,
                                 .lasted = call.lasted}});
  };
  put(call.caller, call.callee, true);
  put(call.callee, call.caller, false);
  return entries;
}

Result<void, std::string> Accounts::reload() {
  const std::lock_guard changing(changing_);
  const auto version = store_->version();
  if (!version) return Failure(version.error());
  if (*version == version_) return {};
  auto all = store_->all();
  if (!all) return Failure(std::move(all.error()));
  Names names;
  for (const Account& account : *all)
    names.emplace(folded(account.name), Known{.name = account.name, .sign_in = account.generation});
  {
    const std::lock_guard lock(names_mutex_);
    names_.swap(names);
  }
  version_ = *version;
  // What has changed, to whoever has to know; `names` has what there was before.
  for (const auto& [key, known] : names_) {
    const auto before = names.find(key);
    if (before == names.end() || before->second.sign_in != known.sign_in) tell(known.name, known.sign_in);
  }
  for (const auto& [key, known] : names)
    if (!names_.contains(key)) tell(known.name, std::nullopt);
  return {};
}

void Accounts::take_in(const Account& account) {
  {
    const std::lock_guard lock(names_mutex_);
    names_[folded(account.name)] = {.name = account.name, .sign_in = account.generation};
  }
  tell(account.name, account.generation);
}

void Accounts::forget(const std::string& name) {
  {
    const std::lock_guard lock(names_mutex_);
    names_.erase(folded(name));
  }
  tell(name, std::nullopt);
}

/// Counts a try with a password. Which names exist makes no difference.
Accounts::Answer<void> Accounts::may_try(const std::string& name, const hub::Source& source) {
  const auto now = Clock::now();
  auto wait = (source.local ? by_proxy_ : by_address_).take(source.key, now);
  if (wait == hub::Duration{}) {
    const std::string pair = folded(name) + '\n' + source.key;
    wait = by_known_.knows(pair) ? by_known_.take(pair, now) : by_name_.take(folded(name), now);
  }
  return wait > hub::Duration{} ? Answer<void>(too_fast(wait)) : Answer<void>();
}

Accounts::Answer<Store::Entry> Accounts::check(const std::string& name, std::string_view password) {
  auto found = store_->find(name);
  if (!found) return not_kept(found.error());
  const auto is_right = passwords_.verify(*found ? (*found)->password : std::string(), password);
  if (!is_right) return busy();
  if (!*is_right) return wrong_password();
  return **std::move(found);
}

Accounts::Answer<Account> Accounts::prove(const SignIn& by, std::string_view password,
                                          const hub::Source& source) {
  if (password.size() > most_password_bytes) return wrong_password();
  const auto now = Clock::now();
  auto wait = (source.local ? by_proxy_ : by_address_).take(source.key, now);
  // No address has this key: who has signed in is counted by themselves.
  if (wait == hub::Duration{}) wait = by_known_.take(folded(by.name) + "\nsigned in", now);
  if (wait > hub::Duration{}) return too_fast(wait);
  auto proven = check(by.name, password);
  if (!proven) return Failure(std::move(proven.error()));
  if (proven->account.generation != by.number) return signed_out();
  return std::move(proven->account);
}

Accounts::Answer<std::string> Accounts::hash(std::string_view password) const {
  auto hashed = passwords_.hash(password);
  if (!hashed) return busy();
  return *std::move(hashed);
}

void Accounts::run(const std::stop_token& stop) {
  auto cleans_at = Clock::now();
  std::mutex mutex;
  std::unique_lock lock(mutex);
  while (!never_.wait_for(lock, stop, look_again, [&] { return stop.stop_requested(); })) {
    memory_reserve::survives([&] {
      if (const auto loaded = reload(); !loaded)
        log::line(log::Level::error, "accounts-not-read", {{"detail", loaded.error()}});
      keep_waiting_calls();
      if (Clock::now() < cleans_at) return;
      cleans_at = Clock::now() + clean_again;
      if (const auto cleaned = store_->forget_calls(now_in_seconds() - calls_kept); !cleaned)
        log::line(log::Level::error, "calls-not-forgotten", {{"detail", cleaned.error()}});
    });
  }
}

/// Where the disk fails they wait for it.
void Accounts::keep_waiting_calls() {
  const std::lock_guard keeping(keeping_);
  std::vector<Store::CallOf> entries;
  std::size_t taken = 0;
  {
    const std::lock_guard lock(calls_mutex_);
    taken = calls_.size();
    for (const WaitingCall& waiting : calls_)
      std::ranges::move(entries_of(waiting), std::back_inserter(entries));
  }
  if (taken == 0) return;
  if (const auto kept = store_->add_calls(entries); !kept)
    return log::line(log::Level::error, "calls-not-kept", {{"detail", kept.error()}});
  const std::lock_guard lock(calls_mutex_);
  calls_.erase(calls_.begin(), calls_.begin() + static_cast<std::ptrdiff_t>(taken));
}

void Accounts::tell(const std::string& name, std::optional<std::uint64_t> sign_in) const {
  if (on_change_) on_change_(name, sign_in);
}

}  // namespace parley::users

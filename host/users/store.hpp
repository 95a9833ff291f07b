#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.hpp"
#include "users/account.hpp"
#include "users/call_entry.hpp"

namespace SQLite {
class Database;
}

namespace parley::users {

/// The file of accounts: SQLite, whose answers are on the disk before they are given. Several programs may use one file at
/// once, on one machine. From any thread.
///
/// Each error is a sentence; nothing has changed then.
class Store {
 public:
  template <class T>
  using Kept = Result<T, std::string>;

  /// What of an account is nobody else's to see.
  struct Entry {
    Account account;
    std::string password;  ///< its hash
  };

  /// Makes the file where it is missing, keeps it for its owner alone, and brings an older one up to date. `patience`: for
  /// another program that writes.
  [[nodiscard]] static Kept<std::unique_ptr<Store>> open(const std::filesystem::path& file,
                                                         std::chrono::milliseconds patience);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// The secret by which the host knows its sign-ins again.
  [[nodiscard]] const std::string& secret() const { return secret_; }

  /// False where the name is somebody's.
  [[nodiscard]] Kept<bool> add(const Entry& entry);
  [[nodiscard]] Kept<std::optional<Entry>> find(std::string_view name);
  /// With the password, all sign-ins before become void. False where the account is gone or has changed since
  /// `generation`.
  [[nodiscard]] Kept<bool> set_password(std::string_view name, std::uint64_t generation,
                                        const std::string& hash, std::uint64_t next);
  /// The same password at another cost.
  [[nodiscard]] Kept<bool> rehash(std::string_view name, const std::string& before, const std::string& hash);
  [[nodiscard]] Kept<bool> set_generation(std::string_view name, std::uint64_t generation,
                                          std::uint64_t next);
  /// With all that is kept for it. False where there was none, or it has changed since `generation`, if that is given.
  [[nodiscard]] Kept<bool> remove(std::string_view name,
                                  std::optional<std::uint64_t> generation = std::nullopt);
  /// In the order of their names.
  [[nodiscard]] Kept<std::vector<Account>> all();

  struct CallOf {
    std::string account;
    CallEntry entry;
  };
  /// All or none. Those of accounts that are gone are left out.
  [[nodiscard]] Kept<void> add_calls(const std::vector<CallOf>& calls);
  /// The newest first, calls_shown at most.
  [[nodiscard]] Kept<std::vector<CallEntry>> calls_of(std::string_view name);
  [[nodiscard]] Kept<void> forget_calls(Time before);

  /// Another number after each change that another program, or another Store, has made.
  [[nodiscard]] Kept<std::int64_t> version();

 private:
  /// Who reads does not wait for who writes.
  struct Connection {
    std::timed_mutex mutex{};
    std::unique_ptr<SQLite::Database> database{};
  };

  Store(std::filesystem::path file, std::chrono::milliseconds patience);

  [[nodiscard]] Kept<void> prepare();
  /// Whether the file is where it was when it was opened.
  [[nodiscard]] bool is_in_place() const;
  template <class Act>
  [[nodiscard]] Kept<std::invoke_result_t<Act, SQLite::Database&>> attempt(Connection& connection, Act&& act);
  template <class Act>
  [[nodiscard]] Kept<std::invoke_result_t<Act, SQLite::Database&>> write(Act&& act);

  const std::filesystem::path file_;
  const std::chrono::milliseconds patience_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  Connection writing_;
  Connection reading_;
  std::string secret_;
};

}  // namespace parley::users

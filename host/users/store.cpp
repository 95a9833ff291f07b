#include "users/store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <type_traits>
#include <utility>

#include "base/descriptor.hpp"
#include "base/random.hpp"

namespace parley::users {
namespace {

using SQLite::Database;
using SQLite::Statement;
using SQLite::Transaction;
using SQLite::TransactionBehavior;

/// Each brings a file from the version before to its own, which SQLite keeps as user_version.
constexpr std::array<const char*, 1> migrations{R"(
  CREATE TABLE host (secret TEXT NOT NULL) STRICT;
  CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    may TEXT NOT NULL,
    generation INTEGER NOT NULL,
    since INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE call (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    with_name TEXT NOT NULL,
    with_account INTEGER NOT NULL,
    outgoing INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    at INTEGER NOT NULL,
    lasted INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX call_of_account ON call (account, at);
  CREATE INDEX call_at ON call (at);
  CREATE INDEX call_with_account ON call (with_name COLLATE NOCASE) WHERE with_account = 1;
)"};

std::int64_t seconds_of(Time time) {
  return time.time_since_epoch().count();
}

Time time_of(const SQLite::Column& column) {
  return Time(std::chrono::seconds(column.getInt64()));
}

constexpr const char* account_columns = "name, may, generation, since, password";

Account read_account(Statement& row) {
  return {.name = row.getColumn(0).getString(),
          .may = split_rights(row.getColumn(1).getString()),
          .generation = static_cast<std::uint64_t>(row.getColumn(2).getInt64()),
          .since = time_of(row.getColumn(3))};
}

hub::CallOutcome outcome_of(std::string_view name) {
  const auto* const found =
      std::ranges::find(hub::call_outcomes, name, &std::pair<std::string_view, hub::CallOutcome>::first);
  return found == hub::call_outcomes.end() ? hub::CallOutcome::missed : found->second;
}

/// What a person can do about it; SQLite's own words go to the log of whoever runs the host.
std::string sentence_of(const SQLite::Exception& fault) {
  switch (fault.getErrorCode()) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return std::string("The disk takes no more (") + fault.what() + ").";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "Another program keeps the file of accounts busy.";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return std::string("The file of accounts cannot be written (") + fault.what() + ").";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return std::string("The file of accounts is damaged, or something else (") + fault.what() +
             "): put back a copy.";
    default:
      return std::string("The file of accounts fails: ") + fault.what() + '.';
  }
}

/// Passwords' hashes and the host's secret are nobody else's to read; SQLite makes its other files alike.
Result<struct stat, std::string> make_private(const std::filesystem::path& file) {
  const Descriptor made(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  struct stat status {};
  if (!made || ::fstat(made.get(), &status) != 0)
    return Failure("The file of accounts, " + file.string() +
                   ", cannot be opened: " + std::error_code(errno, std::generic_category()).message() + '.');
  if (!S_ISREG(status.st_mode)) return Failure(file.string() + " is no file, and keeps no accounts.");
  const bool is_open = (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
  if (is_open && ::fchmod(made.get(), S_IRUSR | S_IWUSR) != 0)
    return Failure("Others may read the file of accounts, " + file.string() +
                   ": make it its owner's alone (chmod 600).");
  return status;
}

std::int64_t number(Database& database, const char* query) {
  return database.execAndGet(query).getInt64();
}

void set_up(Database& database, std::chrono::milliseconds patience) {
  database.setBusyTimeout(static_cast<int>(patience.count()));
  database.exec("PRAGMA foreign_keys = ON");
  // What was answered is on the disk, and whoever reads does not wait for whoever writes.
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA secure_delete = ON");
}

/// False where a newer Parley has written the file.
bool migrate(Database& database) {
  Transaction transaction(database, TransactionBehavior::IMMEDIATE);
  const auto version = static_cast<std::size_t>(number(database, "PRAGMA user_version"));
  if (version > migrations.size()) return false;
  for (std::size_t next = version; next < migrations.size(); ++next) database.exec(migrations.at(next));
  database.exec("PRAGMA user_version = " + std::to_string(migrations.size()));
  if (number(database, "SELECT count(*) FROM host") == 0) {
    Statement insert(database, "INSERT INTO host (secret) VALUES (?)");
    insert.bind(1, random_secret() + random_secret());
    insert.exec();
  }
  transaction.commit();
  return true;
}

}  // namespace

Store::Store(std::filesystem::path file, std::chrono::milliseconds patience)
    : file_(std::move(file)), patience_(patience) {}

Store::~Store() = default;

Store::Kept<std::unique_ptr<Store>> Store::open(const std::filesystem::path& file,
                                                std::chrono::milliseconds patience) {
  // SQLite takes some names for something else than a file.
  std::unique_ptr<Store> store(new Store(std::filesystem::absolute(file), patience));
  if (auto prepared = store->prepare(); !prepared) return Failure(std::move(prepared.error()));
  return store;
}

Store::Kept<void> Store::prepare() {
  const auto status = make_private(file_);
  if (!status) return Failure(status.error());
  device_ = (*status).st_dev;
  inode_ = (*status).st_ino;
  try {
    for (Connection* each : {&writing_, &reading_}) {
      each->database = std::make_unique<Database>(file_.string(), SQLite::OPEN_READWRITE);
      set_up(*each->database, patience_);
    }
    if (!migrate(*writing_.database))
      return Failure("A newer Parley has written the file of accounts, " + file_.string() +
                     ": use that one, or put back a copy from before.");
    secret_ = writing_.database->execAndGet("SELECT secret FROM host").getString();
    return {};
  } catch (const SQLite::Exception& fault) {
    return Failure(file_.string() + ": " + sentence_of(fault));
  }
}

bool Store::is_in_place() const {
  struct stat status {};
  return ::stat(file_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

template <class Act>
Store::Kept<std::invoke_result_t<Act, Database&>> Store::attempt(Connection& connection, Act&& act) {
  const std::unique_lock lock(connection.mutex, patience_);
  if (!lock) return Failure("The disk is slow, and too many wait for it.");
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Act, Database&>>) {
      act(*connection.database);
      return {};
    } else {
      return act(*connection.database);
    }
  } catch (const SQLite::Exception& fault) {
    return Failure(sentence_of(fault));
  }
}

template <class Act>
Store::Kept<std::invoke_result_t<Act, Database&>> Store::write(Act&& act) {
  if (!is_in_place())
    return Failure("The file of accounts was moved or removed: put it back, or start the host again.");
  return attempt(writing_, std::forward<Act>(act));
}

Store::Kept<bool> Store::add(const Entry& entry) {
  return write([&](Database& database) {
    Statement insert(database,
                     "INSERT INTO account (name, folded, password, may, generation, since) "
                     "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (folded) DO NOTHING");
    const Account& account = entry.account;
    SQLite::bind(insert, account.name, folded(account.name), entry.password, join_rights(account.may),
                 static_cast<std::int64_t>(account.generation), seconds_of(account.since));
    return insert.exec() == 1;
  });
}

Store::Kept<std::optional<Store::Entry>> Store::find(std::string_view name) {
  return attempt(reading_, [&](Database& database) -> std::optional<Entry> {
    Statement select(database, std::string("SELECT ") + account_columns + " FROM account WHERE folded = ?");
    select.bind(1, folded(name));
    if (!select.executeStep()) return std::nullopt;
    return Entry{.account = read_account(select), .password = select.getColumn(4).getString()};
  });
}

Store::Kept<bool> Store::set_password(std::string_view name, std::uint64_t generation,
                                      const std::string& hash, std::uint64_t next) {
  return write([&](Database& database) {
    Statement update(database,
                     "UPDATE account SET password = ?, generation = ? WHERE folded = ? AND generation = ?");
    SQLite::bind(update, hash, static_cast<std::int64_t>(next), folded(name),
                 static_cast<std::int64_t>(generation));
    return update.exec() == 1;
  });
}

Store::Kept<bool> Store::rehash(std::string_view name, const std::string& before, const std::string& hash) {
  return write([&](Database& database) {
    Statement update(database, "UPDATE account SET password = ? WHERE folded = ? AND password = ?");
    SQLite::bind(update, hash, folded(name), before);
    return update.exec() == 1;
  });
}

Store::Kept<bool> Store::set_generation(std::string_view name, std::uint64_t generation, std::uint64_t next) {
  return write([&](Database& database) {
    Statement update(database, "UPDATE account SET generation = ? WHERE folded = ? AND generation = ?");
    SQLite::bind(update, static_cast<std::int64_t>(next), folded(name),
                 static_cast<std::int64_t>(generation));
    return update.exec() == 1;
  });
}

Store::Kept<bool> Store::remove(std::string_view name, std::optional<std::uint64_t> generation) {
  return write([&](Database& database) {
    Transaction transaction(database, TransactionBehavior::IMMEDIATE);
    Statement erase(database,
                    "DELETE FROM account WHERE folded = ?1 AND generation = ifnull(?2, generation)");
    erase.bind(1, folded(name));
    if (generation) erase.bind(2, static_cast<std::int64_t>(*generation));
    const bool was_there = erase.exec() == 1;
    // Whoever gets the name next is somebody else.
    Statement part(
        database, "UPDATE call SET with_account = 0 WHERE with_account = 1 AND with_name = ? COLLATE NOCASE");
    part.bind(1, folded(name));
    if (was_there) part.exec();
    transaction.commit();
    return was_there;
  });
}

Store::Kept<std::vector<Account>> Store::all() {
  return attempt(writing_, [&](Database& database) {
    std::vector<Account> found;
    Statement select(database, std::string("SELECT ") + account_columns + " FROM account ORDER BY folded");
    while (select.executeStep()) found.push_back(read_account(select));
    return found;
  });
}

Store::Kept<void> Store::add_calls(const std::vector<CallOf>& calls) {
  return write([&](Database& database) {
    Transaction transaction(database, TransactionBehavior::IMMEDIATE);
    Statement insert(database,
                     "INSERT INTO call (account, with_name, with_account, outgoing, outcome, at, lasted) "
                     "SELECT id, ?, ?, ?, ?, ?, ? FROM account WHERE folded = ?");
    Statement forget(database,
                     "DELETE FROM call WHERE account = (SELECT id FROM account WHERE folded = ?1) AND id <= "
                     "(SELECT id FROM call WHERE account = (SELECT id FROM account WHERE folded = ?1) "
                     "ORDER BY id DESC LIMIT 1 OFFSET ?2)");
    for (const auto& [account, entry] : calls) {
      SQLite::bind(insert, entry.with, static_cast<int>(entry.with_account), static_cast<int>(entry.outgoing),
                   std::string(name_of(entry.outcome)), seconds_of(entry.at), entry.lasted.count(),
                   folded(account));
      insert.exec();
      insert.reset();
      SQLite::bind(forget, folded(account), most_calls);
      forget.exec();
      forget.reset();
    }
    transaction.commit();
  });
}

Store::Kept<std::vector<CallEntry>> Store::calls_of(std::string_view name) {
  return attempt(reading_, [&](Database& database) {
    Statement select(
        database,
        "SELECT with_name, with_account, outgoing, outcome, at, lasted FROM call "
        "WHERE account = (SELECT id FROM account WHERE folded = ?) ORDER BY at DESC, id DESC LIMIT ?");
    SQLite::bind(select, folded(name), calls_shown);
    std::vector<CallEntry> found;
    while (select.executeStep()) {
      found.push_back({.with = select.getColumn(0).getString(),
                       .with_account = select.getColumn(1).getInt() != 0,
                       .outgoing = select.getColumn(2).getInt() != 0,
                       .outcome = outcome_of(select.getColumn(3).getString()),
                       .at = time_of(select.getColumn(4)),
                       .lasted = std::chrono::seconds(select.getColumn(5).getInt64())});
    }
    return found;
  });
}

Store::Kept<void> Store::forget_calls(Time before) {
  return write([&](Database& database) {
    Statement erase(database, "DELETE FROM call WHERE at < ?");
    erase.bind(1, seconds_of(before));
    erase.exec();
  });
}

Store::Kept<std::int64_t> Store::version() {
  return attempt(writing_, [&](Database& database) { return number(database, "PRAGMA data_version"); });
}

}  // namespace parley::users

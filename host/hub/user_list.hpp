#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/name_map.hpp"
#include "hub/event.hpp"
#include "hub/user.hpp"

namespace parley::hub {

/// Who is online, in the order in which they came, who has gone since, and who is in a call.
class UserList {
 public:
  [[nodiscard]] User* find(std::string_view name) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

  /// Nobody may have this name yet.
  User& add(User user);
  /// Whose id is another now is listed as if they had just come.
  void set_id(User& user, std::string id);
  void set_in_call(User& user, bool in_call);
  void remove(const User& user);

  /// By their numbers, which are in the order in which they came.
  [[nodiscard]] std::map<std::uint64_t, User>& all() { return users_; }
  [[nodiscard]] std::size_t size() const { return users_.size(); }
  /// About how long a list of them is.
  [[nodiscard]] std::size_t list_bytes() const { return list_bytes_; }
  /// How often somebody has come or gone; calls do not count.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

  /// Whether there is nothing that somebody who knows so much of the list does not know.
  [[nodiscard]] bool is_known(const Known& known) const;
  /// The next of it, of about so many bytes: the beginning of the list, or what has changed. `known` is what
  /// they know then.
  [[nodiscard]] EventBody news_for(Known& known, std::size_t bytes) const;

  /// About how long a user is in a list.
  [[nodiscard]] static std::size_t entry_bytes(std::string_view name, std::string_view id = {}) {
    constexpr std::size_t around = 32;  // what JSON writes around them
    return name.size() + id.size() + around;
  }
  [[nodiscard]] static std::size_t entry_bytes(const event::User& user) {
    return entry_bytes(user.name, user.id);
  }

 private:
  struct Departure {
    std::uint64_t change;
    std::uint64_t came;  ///< who knows the list only up to an earlier change has never heard of them
    std::string name;
  };

  // Who has missed more of them is told the list from its beginning.
  static constexpr std::size_t kept_departures = 4'096;

  std::map<std::uint64_t, User> users_;
  NameMap<User*> by_name_;
  std::deque<Departure> departures_;
  std::map<std::uint64_t, User*> by_call_change_;
  std::uint64_t forgotten_ = 0;  ///< the last departure that is not kept
  std::size_t list_bytes_ = 0;
  std::uint64_t changes_ = 0;
  std::uint64_t call_changes_ = 0;
};

}  // namespace parley::hub

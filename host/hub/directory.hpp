#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "hub/user.hpp"

namespace parley::hub {

/// Who is online, in the order in which they came.
class Directory {
 public:
  [[nodiscard]] User* find(std::string_view name) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &*found->second;
  }

  /// Nobody may have this name yet.
  User& add(User user) {
    users_.push_back(std::move(user));
    by_name_.emplace(users_.back().as.name, std::prev(users_.end()));
    list_bytes_ += entry_bytes(users_.back());
    ++changes_;
    return users_.back();
  }

  void set_id(User& user, std::string id) {
    list_bytes_ += id.size() - user.as.id.size();
    user.as.id = std::move(id);
  }

  void remove(const User& user) {
    const auto found = by_name_.find(user.as.name);
    const auto place = found->second;
    by_name_.erase(found);
    list_bytes_ -= entry_bytes(*place);
    ++changes_;
    users_.erase(place);
  }

  [[nodiscard]] const std::list<User>& all() const { return users_; }
  [[nodiscard]] std::size_t size() const { return users_.size(); }
  /// About how long a list of them is.
  [[nodiscard]] std::size_t list_bytes() const { return list_bytes_; }
  /// How often somebody has come or gone.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

 private:
  static std::size_t entry_bytes(const User& user) {
    constexpr std::size_t around = 32;  // what JSON writes around name and id
    return user.as.name.size() + user.as.id.size() + around;
  }

  std::list<User> users_;
  std::unordered_map<std::string_view, std::list<User>::iterator>
      by_name_;  ///< views of the users' own names
  std::size_t list_bytes_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace parley::hub

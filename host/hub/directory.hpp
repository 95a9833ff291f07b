#pragma once

#include <cstddef>
#include <iterator>
#include <list>
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
    return users_.back();
  }

  void remove(const User& user) {
    const auto found = by_name_.find(user.as.name);
    const auto place = found->second;
    by_name_.erase(found);
    users_.erase(place);
  }

  [[nodiscard]] const std::list<User>& all() const { return users_; }
  [[nodiscard]] std::size_t size() const { return users_.size(); }

 private:
  std::list<User> users_;
  std::unordered_map<std::string_view, std::list<User>::iterator>
      by_name_;  ///< views of the users' own names
};

}  // namespace parley::hub

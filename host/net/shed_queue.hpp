#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "hub/address_table.hpp"
#include "hub/source.hpp"
#include "hub/time.hpp"

namespace parley::net {

/// The connections of all loops that have no request under way, and which of them make room when there is none
/// for others: those that are being turned away; then, of the address that has most of them, the one that has
/// waited longest. A local address may be a proxy's, and each of its connections counts a tenth.
///
/// From any thread; a loop ends its own connections, those that next() names. Each call takes O(log n) steps, of
/// n addresses, and shed() as many for each that it sheds.
template <class T>
class ShedQueue {
  struct Group;
  struct Entry {
    T* who = nullptr;
    std::size_t loop = 0;
    hub::Instant since{};
    bool turned_away = false;
    std::list<Entry>* in = nullptr;
    Group* group = nullptr;  // whose it is in, if any
  };

 public:
  using Position = typename std::list<Entry>::iterator;

  /// Each is there for a moment, to hear why. Whoever else comes meanwhile might not.
  static constexpr std::size_t most_turned_away = 64;

  /// `wake` is called with the number of a loop that is to call next() soon.
  ShedQueue(std::size_t loops, std::function<void(std::size_t)> wake)
      : wake_(std::move(wake)), chosen_(loops) {}

  [[nodiscard]] Position join(T& who, std::size_t loop, const hub::Source& source, hub::Instant now) {
    std::list<Entry> one;
    one.push_back({.who = &who, .loop = loop, .since = now});
    const auto position = one.begin();
    const std::lock_guard lock(mutex_);
    Group& group = group_of(source);
    position->in = &group.entries;
    position->group = &group;
    group.entries.splice(group.entries.end(), one);
    rank(group);
    return position;
  }

  /// The same for one that is being turned away: these make room first, and no more than `most_turned_away`
  /// linger at once.
  [[nodiscard]] Position join_turned_away(T& who, std::size_t loop) {
    std::list<Entry> one;
    one.push_back({.who = &who, .loop = loop, .turned_away = true, .in = &turned_away_});
    const auto position = one.begin();
    bool too_many = false;
    {
      const std::lock_guard lock(mutex_);
      turned_away_.splice(turned_away_.end(), one);
      ++all_turned_away_;
      too_many = turned_away_.size() > most_turned_away;
    }
    if (too_many) shed(1);
    return position;
  }

  void leave(Position position) noexcept {
    const std::lock_guard lock(mutex_);
    Group* const group = position->group;
    if (position->turned_away) --all_turned_away_;
    position->in->erase(position);
    if (group != nullptr) rank(*group);
  }

  /// Those that are there to hear why they may not be: they take nobody's place.
  [[nodiscard]] std::size_t turned_away() const {
    const std::lock_guard lock(mutex_);
    return all_turned_away_;
  }

  /// Chooses so many, as far as there are any, for want of descriptors.
  void shed(std::size_t connections) {
    for (; connections > 0; --connections) {
      if (!wake_one(true)) return;
    }
  }
  /// Chooses one for want of places, which those that are being turned away do not have.
  void shed_waiting() { static_cast<void>(wake_one(false)); }

  /// One of this loop's that was chosen and has not left; null where there is none. It is to leave before the
  /// next call.
  [[nodiscard]] T* next(std::size_t loop) const {
    const std::lock_guard lock(mutex_);
    return chosen_[loop].empty() ? nullptr : chosen_[loop].front().who;
  }

 private:
  struct Rank {
    std::size_t weight = 0;
    hub::Instant since{};
    Group* group = nullptr;

    /// The first is the next to be chosen from.
    bool operator<(const Rank& other) const {
      return std::tie(other.weight, since, group) < std::tie(weight, other.since, other.group);
    }
  };

  struct Group {
    std::list<Entry> entries{};  // who has waited longest in front
    std::size_t each = 1;        // what one of them weighs
    Rank rank{};
    typename std::map<std::string, Group>::iterator self{};
  };

  Group& group_of(const hub::Source& source) {
    const auto [at, made] = groups_.try_emplace(source.key);
    Group& group = at->second;
    if (!made) return group;
    group.self = at;
    group.each = source.local ? 1 : hub::share_of(true);
    group.rank.group = &group;
    try {
      ranks_.insert(group.rank);
    } catch (...) {
      groups_.erase(at);
      throw;
    }
    return group;
  }

  /// Where it stands, now that somebody has come or gone; an empty one is forgotten.
  void rank(Group& group) noexcept {
    auto node = ranks_.extract(group.rank);
    if (group.entries.empty()) {
      groups_.erase(group.self);
      return;
    }
    group.rank.weight = group.entries.size() * group.each;
    group.rank.since = group.entries.front().since;
    node.value() = group.rank;
    ranks_.insert(std::move(node));
  }

  bool wake_one(bool turned_away_first) {
    const auto loop = choose(turned_away_first);
    if (loop) wake_(*loop);
    return loop.has_value();
  }

  std::optional<std::size_t> choose(bool turned_away_first) {
    const std::lock_guard lock(mutex_);
    const bool turned_away = turned_away_first && !turned_away_.empty();
    if (!turned_away && ranks_.empty()) return std::nullopt;
    Group* const group = turned_away ? nullptr : ranks_.begin()->group;
    auto& from = turned_away ? turned_away_ : group->entries;
    const auto first = from.begin();
    auto& chosen = chosen_[first->loop];
    chosen.splice(chosen.end(), from, first);
    first->in = &chosen;
    first->group = nullptr;
    if (group != nullptr) rank(*group);
    return first->loop;
  }

  const std::function<void(std::size_t)> wake_;
  mutable std::mutex mutex_;
  std::map<std::string, Group> groups_;
  std::set<Rank> ranks_;
  std::list<Entry> turned_away_;
  std::size_t all_turned_away_ = 0;       // with those that were chosen
  std::vector<std::list<Entry>> chosen_;  // by loop
};

}  // namespace parley::net

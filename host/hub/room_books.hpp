#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/name_map.hpp"
#include "hub/room_rules.hpp"
#include "hub/timeout_queue.hpp"

namespace parley::hub {

struct Connection;

/// Somebody who was removed, and stays out.
struct Ban {
  std::string id;             ///< by which moderators allow them in again
  std::string name;           ///< as it was then
  std::string identity{};     ///< of whom; or, where it is empty,
  std::string source{};       ///< the address, unless that is a local one, which may stand for many
  std::string incarnation{};  ///< and the page
};

/// What is known of a room besides its members.
struct RoomBook {
  std::string name;
  RoomRules rules{};
  bool kept = false;  ///< also while nobody is there: it was made, and is there until it is ended
  std::vector<Ban> bans{};
  std::vector<Connection*> waiting{};  ///< in the order in which they came
  std::optional<TimeoutQueue<RoomBook>::Position> forgotten{};
  std::optional<TimeoutQueue<RoomBook>::Position> news{};  ///< that its moderators are to be told
  Instant told{};                                          ///< when they were
};

/// The books of all rooms that have rules, or somebody who waits or must stay out. A book is there for as long as its
/// room has a member, or somebody waits; one with bans for a day longer.
class RoomBooks {
 public:
  [[nodiscard]] RoomBook* find(std::string_view room);
  [[nodiscard]] const RoomBook* find(std::string_view room) const;
  [[nodiscard]] RoomBook& open(const std::string& room);
  /// The usual ones where there is no book.
  [[nodiscard]] RoomRules rules_of(std::string_view room) const;
  /// Of those that were made, whoever is there.
  [[nodiscard]] std::vector<std::string> kept() const;
  /// Whether there are fewer than this; the oldest that is there for bans alone goes for another.
  [[nodiscard]] bool has_place(std::size_t most);

  /// Something has changed: the book goes, if it is not needed any more. `live`: its room has a member.
  void review(RoomBook& book, bool live, Instant now);
  void set_rules(RoomBook& book, RoomRules rules);

  [[nodiscard]] std::optional<Instant> next_timeout() const;
  void expire(Instant now);
  /// Whether moderators are told of who waits now; or soon, since they were told just now.
  [[nodiscard]] bool tells_now(RoomBook& book, Instant now);
  /// A room whose moderators are to be told by now.
  [[nodiscard]] std::optional<std::string> next_news(Instant now);
  /// A room whose end has come; it is to have other rules then.
  [[nodiscard]] std::optional<std::string> next_ended(Instant now) const;

 private:
  // A day's meetings: whoever was removed in one does not come to the next.
  static constexpr std::chrono::hours bans_kept{24};

  // Four lists a second are more than a person reads, and no more than a phone does, however many come and go.
  static constexpr std::chrono::milliseconds between_lists{250};

  void erase(RoomBook& book);

  NameMap<RoomBook> books_;
  std::set<std::pair<Instant, std::string>> ends_;  ///< of rooms that have one
  TimeoutQueue<RoomBook> forgotten_;                ///< with bans alone
  TimeoutQueue<RoomBook> news_;                     ///< each for `between_lists`
};

}  // namespace parley::hub

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/name_map.hpp"
#include "hub/account.hpp"
#include "hub/claims.hpp"
#include "hub/config.hpp"
#include "hub/connections.hpp"
#include "hub/expiries.hpp"
#include "hub/outgoing.hpp"
#include "hub/room.hpp"
#include "hub/room_books.hpp"
#include "hub/streams.hpp"
#include "hub/timeout_queue.hpp"

namespace parley::hub {

/// Learns of members that come and go: a call begins and ends with them.
class RoomWatcher {
 public:
  RoomWatcher() = default;
  RoomWatcher(const RoomWatcher&) = delete;
  RoomWatcher& operator=(const RoomWatcher&) = delete;

  virtual void joined(const Session& newcomer) = 0;
  /// Returns the member that leaves with this one; null where there is none.
  [[nodiscard]] virtual Session* leaving(const Session& session, LeaveReason reason) = 0;
  /// Whether a call goes on there that the user of this name has a part in.
  [[nodiscard]] virtual bool expects(std::string_view room, std::string_view name) const = 0;

 protected:
  ~RoomWatcher() = default;
};

/// Rooms and their members. A room is there for as long as it has a member; a member may be away for a while,
/// until its client resumes or its window closes. Whether somebody may join is for Admission to decide.
class Rooms {
 public:
  Rooms(const Config& config, Accounts& accounts, Claims& claims, Connections& connections, Streams& streams,
        Expiries& expiries, RoomBooks& books, Outgoing& outgoing)
      : config_(config),
        limits_(config.limits),
        accounts_(accounts),
        claims_(claims),
        connections_(connections),
        streams_(streams),
        expiries_(expiries),
        books_(books),
        outgoing_(outgoing) {}

  /// Before anybody joins.
  void set_watcher(RoomWatcher& watcher) { watcher_ = &watcher; }

  /// Null where there is none.
  [[nodiscard]] Room* find(std::string_view name);
  [[nodiscard]] Session* find_member(std::string_view room, std::string_view id);
  [[nodiscard]] const NameMap<Room>& all() const { return rooms_; }
  [[nodiscard]] std::size_t members() const { return members_; }
  /// Of the members, those without a connection.
  [[nodiscard]] std::size_t away() const { return away_.size() + leaving_.size(); }
  /// Some member of the room whose members have all been away for the longest; null where there is no such
  /// room.
  [[nodiscard]] Session* longest_deserted();

  /// Whether a call goes on there that the user of this name has a part in.
  [[nodiscard]] bool expects(std::string_view room, std::string_view name) const {
    return watcher_ != nullptr && watcher_->expects(room, name);
  }

  /// The room of this name. A new one counts for this account; null is the application's.
  [[nodiscard]] Room& open(const std::string& name, Account* account);
  /// A client joins under this id, which nobody in the room has.
  void enter(Connection& connection, Room& room, std::string id, command::Join& join);
  /// A member that is not told of; `enter` does all of it for a client.
  Session& add(Room& room, Session newcomer);
  void resume(Connection& connection, Session& session, std::uint64_t ack);
  [[nodiscard]] Done update(Session& session, command::Update& update);
  /// Its socket is lost: it is away or, where its dialect does not resume, leaves.
  void disconnected(Session& session, Parting how);
  void remove(Session& session, LeaveReason reason);
  /// What this one holds is given to another.
  void evict(Session& holder, LeaveReason reason);
  /// Those that have missed more than is kept.
  void remove_doomed();

  [[nodiscard]] std::optional<Instant> next_timeout() const;
  void expire();

 private:
  [[nodiscard]] Duration goodbye_window() const;
  void await_relay_renewal(Session& session);
  void end_relay_renewal(Session& session);
  void end_away(Session& session);
  void leave_away_of_account(Session& session);
  void desert_if_all_are_away(Room& room);
  void end_deserted(Room& room);
  [[nodiscard]] event::Joined welcome(const Connection& connection, const Session& session) const;
  void close(Room& room);

  const Config& config_;
  const Limits& limits_;
  Accounts& accounts_;
  Claims& claims_;
  Connections& connections_;
  Streams& streams_;
  Expiries& expiries_;
  RoomBooks& books_;
  Outgoing& outgoing_;
  RoomWatcher* watcher_ = nullptr;
  NameMap<Room> rooms_;
  std::size_t members_ = 0;
  TimeoutQueue<Room> deserted_;     ///< rooms whose members are all away, by since when
  TimeoutQueue<Session> away_;      ///< each for `resume_window`
  TimeoutQueue<Session> leaving_;   ///< that have said goodbye, each for `goodbye_window`
  TimeoutQueue<Session> renewals_;  ///< of credentials, each after half of `relay_lifetime`
};

}  // namespace parley::hub

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/account.hpp"
#include "hub/admission.hpp"
#include "hub/claims.hpp"
#include "hub/connections.hpp"
#include "hub/directory.hpp"
#include "hub/hub.hpp"
#include "hub/id_generator.hpp"
#include "hub/outgoing.hpp"
#include "hub/relay.hpp"
#include "hub/ring_backoff.hpp"
#include "hub/room.hpp"
#include "hub/room_manager.hpp"
#include "hub/rooms.hpp"
#include "hub/streams.hpp"
#include "hub/timeout_queue.hpp"
#include "hub/user.hpp"

namespace parley::hub {

/// What hub.hpp promises.
class Hub::Impl final : private RoomWatcher {
 public:
  explicit Impl(Config config);

  void connected(ConnectionId id, Dialect dialect, Instant now, Role role, std::string address,
                 const Source& source);
  void handle(ConnectionId from, Message& message, Instant now, Outcome& out);
  void disconnected(ConnectionId id, Instant now, Outcome& out, Parting how);
  void alive(ConnectionId id, Instant now, Outcome& out);
  void expire(Instant now, Outcome& out);
  [[nodiscard]] std::optional<Instant> next_timeout() const;
  [[nodiscard]] std::size_t excess(std::size_t unsent) const;
  void relieve(std::size_t bytes, const std::function<std::size_t(ConnectionId)>& unsent, Outcome& out);
  /// What an application asks for.
  template <class Act>
  auto manage(Outcome& out, Act&& act) {
    outgoing_.begin_turn(out);
    auto done = act(manager_);
    rooms_.remove_doomed();
    return done;
  }
  Done admit(command::Join& join, Instant now, Outcome& out) {
    outgoing_.begin_turn(now, out);
    return manage(out, [&](RoomManager& manager) { return manager.admit(join); });
  }
  [[nodiscard]] const Room* find_room(std::string_view name) const {
    const auto found = rooms_.all().find(name);
    return found == rooms_.all().end() ? nullptr : &found->second;
  }
  [[nodiscard]] const NameMap<Room>& rooms() const { return rooms_.all(); }
  [[nodiscard]] Totals totals() const;

 private:
  // What a connection may ask for.
  void take(Connection& connection, Message& message, bool in_time = true);
  Done perform(Connection& connection, Message& message);
  Done leave(Connection& connection, const command::Leave& leave);
  void refuse(Connection& connection, const Message& message, Refusal why);
  void throttle(Connection& connection, const Message& message);

  /// Of the media gateway.
  Done perform_for_gateway(Connection& gateway, Message& message);

  // An id or a name that is taken.
  void evict(User& holder, bool proven);
  void expire_claims();
  void settle_claims();

  Done make_place_for_name(Connection& connection);

  // Calls by name.
  Done enrol(Connection& connection, const Message& message, command::Register& wish);
  void take_over(Connection& connection, User& user, std::string id);
  void seat_user(User& user, Connection& connection);
  void lose_user(User& user, Parting how = Parting::lost);
  void strike_off(User& user, EndReason reason);
  Done call(User& caller, const command::Call& wish);
  Done accept_call(User& callee, const command::AcceptCall& accept);
  Done reject_call(User& callee, const command::RejectCall& reject);
  Done hang_up(User& user, const command::EndCall& end);
  void end_call(User& user, EndReason reason);
  /// Both are free again. Says who has then no business in the call's room any more.
  Session* part(User& user);

  Done may_ring(User& caller, const User& callee);
  /// One that rings in vain again and again gives way to one that does not.
  void make_way(const User& caller, User& callee);
  [[nodiscard]] static const std::string& ring_key(const User& caller);

  // The room of a call.
  /// The one of a call's two who is this member of its room.
  [[nodiscard]] User* party_of_call(const Session& session);
  void open_room(Call& call);
  /// Of a new member: the other one of its call comes too, if it does not by itself.
  void joined(const Session& newcomer) override;
  /// Of one that leaves: its call has ended. Says who must leave, too.
  [[nodiscard]] Session* leaving(const Session& session, LeaveReason reason) override;
  void tell_of_end(const Call& call, const User& to, EndReason reason);
  /// From now on they are told again when the other one leaves.
  static void meet_again(const User& one, const User& other);
  [[nodiscard]] Duration goodbye_window() const;

  // Who is online, to everybody.
  /// It has read what it was sent of the list. Of a long one it is sent the next page at once, so that it is
  /// as fast as its line; what changes after that has its turns.
  void take_news(User& user);
  /// Its two are in a call now, or no longer. What that costs is accounted with the ring, to who has rung.
  void list_call(const Call& call, bool stands);
  /// Of one whose connection comes (1) or goes (-1): whether it is one more to be sent the whole list.
  void count_reader(const User& user, int more);
  [[nodiscard]] Duration list_cost(std::size_t readers) const;
  [[nodiscard]] Instant list_due() const;
  [[nodiscard]] Instant users_due() const;
  [[nodiscard]] bool has_news() const;
  void publish_users();
  void send_list();
  void send_news();
  struct Page {
    std::shared_ptr<const Event> event;
    Known then;  ///< what is known to whoever has read it
  };
  [[nodiscard]] std::size_t news_budget() const;
  [[nodiscard]] Page page_after(Known known) const;
  void send_page(User& user, const Page& page);

  void stop_waiting_for(User& user);
  void lose(Session& session, Parting how = Parting::lost);
  /// What is left to do after anything that happened.
  void settle();

  Config config_;
  Outgoing outgoing_;
  IdGenerator ids_;
  Accounts accounts_;
  RingBackoff ring_backoff_;
  Claims claims_;
  Connections connections_;
  Streams streams_;
  Rooms rooms_;
  Admission admission_;
  Directory users_;
  Relay relay_;
  RoomManager manager_;
  /// The whole list, for those who take no changes.
  struct {
    std::uint64_t seen = 0;   ///< of the changes
    std::uint64_t told = 0;   ///< the change up to which it was sent last
    std::size_t readers = 0;  ///< those who have a connection
    Instant changed_at{};
    Instant sent_at{};
    Duration cost{};
  } list_;
  bool news_wanted_ = false;          ///< there may be somebody who takes news, and does not know all
  Instant news_due_{};                ///< not before
  std::size_t news_sent_ = 0;         ///< bytes, from the last turn on
  std::uint64_t news_turn_ = 0;       ///< whoever had news last, by number
  TimeoutQueue<User> users_away_;     ///< each for `resume_window`
  TimeoutQueue<User> users_leaving_;  ///< that have said goodbye, each for `goodbye_window`
};

}  // namespace parley::hub

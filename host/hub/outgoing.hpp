#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "hub/byte_share.hpp"
#include "hub/config.hpp"
#include "hub/connection.hpp"
#include "hub/event.hpp"
#include "hub/outcome.hpp"
#include "hub/refusal.hpp"
#include "hub/room.hpp"
#include "hub/time.hpp"
#include "hub/timeout_queue.hpp"
#include "hub/user.hpp"

namespace parley::hub {

/// Everything that the hub tells anybody. It writes into the Outcome of the current turn, knows that turn's
/// instant, numbers what is kept for a resume, and acknowledges what was received.
class Outgoing {
 public:
  explicit Outgoing(const Limits& limits) : limits_(limits) {}

  /// The next turn: what goes out from here on is appended to `out`.
  void begin_turn(Instant now, Outcome& out);
  /// For the application, whose requests have no instant of their own.
  void begin_turn(Outcome& out) { out_ = &out; }
  [[nodiscard]] Instant now() const { return now_; }

  // To members, in order, and kept for a resume.
  void tell(Session& session, std::shared_ptr<const Event> event);
  void tell_others(const Session& session, EventBody body);
  void tell_of_newcomer(const Session& newcomer);
  void tell_of_leaving(const Session& leaving, LeaveReason reason);
  /// Everything that the client of this session has not acknowledged.
  void replay(const Session& session);

  // To connections, at once and outside the numbering.
  void answer(Connection& connection, std::shared_ptr<const Event> event);
  void answer(Connection& connection, EventBody body);
  void pong(Connection& connection) { answer(connection, pong_); }
  /// A user who is away learns on its return what has become of its call.
  void tell(const User& user, EventBody body);
  /// To a member that numbers its messages, the error is told in order.
  void refuse(Connection& connection, const Message& message, Refusal why);
  void close(const Connection& connection, Close why);
  /// Its client is to be asked for a sign of life.
  void probe(const Connection& connection) { out_->probes.push_back(connection.id); }

  // To the server.
  void note(Notice::Kind kind, const Session& session, std::string_view detail = {});
  void record(CallRecord call) { out_->calls.push_back(std::move(call)); }
  void change_stream(StreamChange change) { out_->streams.push_back(std::move(change)); }

  // Acknowledging what was received.
  /// The acknowledgement waits for something to go with, for `ack_delay` and `ack_messages` at most.
  void owe_ack(Session& session);
  /// It has gone with something, or nobody is there to get it.
  void settle_ack(Session& session);
  [[nodiscard]] std::optional<Instant> next_timeout() const;
  void expire();

  // Sessions that have missed more than is kept.
  /// It cannot resume any more, and is to be removed.
  void doom(Session& session);
  /// The one doomed last; null where there is none.
  [[nodiscard]] Session* doomed() const { return doomed_.empty() ? nullptr : doomed_.back(); }
  /// A session that ends.
  void forget(Session& session);

  /// In the bytes that are kept for resumes and claims. All shares end before this does.
  [[nodiscard]] ByteShare new_share() { return ByteShare(kept_bytes_); }
  [[nodiscard]] std::size_t kept_bytes() const { return kept_bytes_; }

 private:
  const Limits& limits_;
  Instant now_{};
  Outcome* out_ = nullptr;
  std::size_t kept_bytes_ = 0;
  TimeoutQueue<Session> owing_;  ///< an acknowledgement, each for `ack_delay`
  std::vector<Session*> doomed_;
  const std::shared_ptr<const Event> pong_ = std::make_shared<const Event>(event::Pong{});
  const std::shared_ptr<const Event> ack_ = std::make_shared<const Event>(event::Ack{});
};

}  // namespace parley::hub

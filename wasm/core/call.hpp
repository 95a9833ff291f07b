#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deadline.hpp"
#include "directory_wire.hpp"
#include "host_socket.hpp"
#include "output.hpp"

namespace parley {

/// One user's call by name: idle, outgoing or incoming while it rings, accepted, and idle again with the
/// reason why. What it decides while there is no socket is settled when the next one is registered.
///
/// Messages name a person and no call, and cross each other: a `rejected` may be about the call that was
/// given up a moment ago, and not about the next one with that person. So each goodbye is followed by a ping.
/// The host answers in order, and a goodbye ends whatever call there is between the two: what comes about
/// this person before the pong is about a call that is over, and a call that comes then is declined.
class Call {
 public:
  explicit Call(HostSocket& socket) : socket_(socket) {}

  // The application's wishes.
  /// Nothing where it can be done; dialling whoever is calling is to accept.
  [[nodiscard]] std::optional<Reason> dial(User callee, Instant now);
  void accept(Instant now);
  void reject();
  /// Gives up, declines or ends it, as it stands.
  void hang_up();

  // The host.
  /// Registered, on another socket than before: `standing` is the call that the host knows of.
  void registered(const std::optional<CallInfo>& standing, Instant now);
  /// incoming, accepted, rejected, ended
  void on(const directory_wire::Message& news, Instant now);
  /// In answer to a `call` or an `accept`.
  void refused(const wire::Error& error);
  void ponged();
  /// There will be no other socket. Nobody can answer any more; but media does not stop because signaling
  /// did.
  void cut_off();

  /// Everything that is answered by a pong goes through here.
  void ping();
  void timeout(Instant now);
  [[nodiscard]] const Deadline& next_timeout() const { return deadline_; }

  [[nodiscard]] const CallInfo& info() const { return info_; }

 private:
  /// What the next pong answers.
  struct Ping {
    std::string goodbye{};  ///< to whom; empty for a heartbeat
    std::string reason{};   ///< of a reject; empty for a cancel or hangup
  };

  using Pings = std::vector<Ping>;

  [[nodiscard]] bool is(CallState state) const { return info_.state == state; }
  [[nodiscard]] bool is_with(const std::string& name) const;
  [[nodiscard]] static const Ping* find_goodbye(const Pings& pings, const std::string& name);

  void agree(const CallInfo& standing, Instant now);
  void meet(const CallInfo& standing, const Ping* goodbye, Instant now);

  void ring(CallState state, User with, Instant now);
  void request();
  void answer(Instant now);
  void connect(const CallInfo& accepted);
  void give_up(std::string_view code);
  void decline(std::string_view reason);
  void finish(std::string_view code, const std::string& message = "");
  void say(std::string_view type);
  void say_goodbye(const std::string& name, std::string_view type, std::string_view reason = "");

  HostSocket& socket_;
  CallInfo info_;
  bool told_ = false;      ///< outgoing: the host has been asked to ring
  bool answered_ = false;  ///< we have accepted, and the host has not said so yet
  bool refused_ = false;   ///< each calls the other, and only the other's call has come about
  Deadline deadline_;      ///< of ringing, and of the host's word after an answer
  Pings pings_;            ///< not answered yet; also goodbyes that are still to be said
};

}  // namespace parley

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "deadline.hpp"
#include "directory_wire.hpp"
#include "host_socket.hpp"
#include "output.hpp"

namespace parley {

/// One user's call by name: idle, outgoing or incoming while it rings, accepted, and idle again with the
/// reason why. What it decides while there is no socket is settled when the next one is registered.
///
/// Messages cross each other: a `rejected` may be about the call that was given up a moment ago, and not
/// about the next one with that person. So each call has an id, and what comes about any other is not heard.
class Call {
 public:
  using Id = directory_wire::CallId;

  explicit Call(HostSocket& socket) : socket_(socket) {}

  // The application's wishes.
  /// Nothing where it can be done; dialling whoever is calling is to accept.
  [[nodiscard]] std::optional<Reason> dial(User callee, Instant now);
  void accept(Instant now);
  void reject();
  /// Gives up, declines or ends it, as it stands.
  void hang_up();

  // The host.
  /// Registered, on another socket than before: the welcome says which call the host knows of.
  void registered(const directory_wire::Message& welcome, Instant now);
  /// incoming, accepted, rejected, ended
  void on(const directory_wire::Message& news, Instant now);
  /// In answer to a `call` or an `accept`.
  void refused(const wire::Error& error, Id call);
  /// There will be no other socket. Nobody can answer any more; but media does not stop because signaling
  /// did.
  void cut_off();

  void timeout(Instant now);
  [[nodiscard]] const Deadline& next_timeout() const { return deadline_; }

  [[nodiscard]] const CallInfo& info() const { return info_; }

 private:
  /// A call that was not taken.
  struct Declined {
    std::string name{};
    Id call = 0;
    std::string reason{};
  };

  [[nodiscard]] bool is(CallState state) const { return info_.state == state; }
  [[nodiscard]] bool is_with(const std::string& name) const;

  void rung(const User& caller, Id call, Instant now);
  [[nodiscard]] bool take_up(const CallInfo& standing, Id call, Instant now);
  void meet(const CallInfo& standing, Id call, const Declined& declined, Instant now);

  void ring(CallState state, User with, Id call, Instant now);
  void request();
  void answer(Id call, Instant now);
  void connect(const CallInfo& accepted);
  void give_up(std::string_view code);
  void decline(std::string_view reason);
  void turn_away(const std::string& name, Id call, const std::string& reason);
  void finish(std::string_view code, const std::string& message = "");
  void say(std::string_view type, const std::string& name, Id call, std::string_view reason = "");

  HostSocket& socket_;
  CallInfo info_;
  Id call_ = 0;
  Id last_own_ = 0;        ///< of the calls that were made from here
  bool told_ = false;      ///< outgoing: the host has been asked to ring
  bool answered_ = false;  ///< we have accepted, and the host has not said so yet
  Id own_ = 0;             ///< each calls the other, and ours, which is this one, may still ring
  Declined declined_;      ///< the last one, as long as the host may not have heard
  Deadline deadline_;      ///< of ringing, and of the host's word after an answer
};

}  // namespace parley

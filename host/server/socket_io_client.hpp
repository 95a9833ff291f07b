#pragma once

#include <atomic>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dialects/room_address.hpp"
#include "engine_io/output.hpp"
#include "exchange/exchange.hpp"
#include "net/outbox.hpp"
#include "net/recipient.hpp"
#include "socket_io/output.hpp"

namespace parley::server {

class SocketIoEndpoint;

/// A Socket.IO client in the main namespace, towards the hub.
///
/// What is for it waits here for its session to take it, which puts it into the answer to a poll or into the
/// outbox of a WebSocket. Once all of it goes the latter way, and what the session had put in there before is
/// out of it, it goes there at once, as in any other dialect: a session's turn for each event, in which its
/// text is copied twice, took longer than all else.
class SocketIoClient : public net::Recipient, public std::enable_shared_from_this<SocketIoClient> {
 public:
  SocketIoClient(SocketIoEndpoint& endpoint, exchange::Exchange& exchange, engine_io::SessionId session,
                 std::string sid, std::string address, std::string token, std::size_t most_pending)
      : endpoint_(endpoint),
        exchange_(exchange),
        session_(session),
        room_address_{.room = {}, .peer = std::move(sid)},
        address_(std::move(address)),
        token_(std::move(token)),
        most_pending_(most_pending) {}

  /// The hub is to know it, unless it has left meanwhile.
  void enter();
  void leave();
  void say(const socket_io::output::Event& event);

  void put(hub::Delivery delivery) override;
  void put_close(net::CloseReason reason) override;
  /// In the hub's order, whichever threads drain: what one has taken is sent before another takes more.
  void drain() override;

  [[nodiscard]] bool needs_pings() const override { return false; }
  void put_ping() override {}
  void put_probe() override;
  /// What put_probe() has asked.
  void answered();
  [[nodiscard]] std::size_t unsent() const override;

 private:
  void emit_pending(std::unique_lock<std::mutex>& lock);

  static constexpr hub::ConnectionId gone = std::numeric_limits<hub::ConnectionId>::max();

  SocketIoEndpoint& endpoint_;
  exchange::Exchange& exchange_;
  const engine_io::SessionId session_;
  const dialects::RoomAddress room_address_;
  const std::string address_;
  const std::string token_;  // that it has shown where it connected
  const std::size_t most_pending_;
  std::atomic<hub::ConnectionId> id_ = 0;
  mutable std::mutex mutex_;
  std::vector<hub::Delivery> pending_;
  std::shared_ptr<net::Outbox> outbox_;   // where deliveries go at once
  std::shared_ptr<net::Outbox> carrier_;  // where they went last, by way of the session
  bool draining_ = false;
  bool closing_ = false;
  bool closed_ = false;
  bool asking_ = false;
  bool overdue_ = false;  // it is closed for what waits for it
};

}  // namespace parley::server

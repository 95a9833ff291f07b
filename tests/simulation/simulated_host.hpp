#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/hub.hpp"
#include "lane.hpp"

namespace parley::simulation {

/// One WebSocket, as its page sees it. Messages arrive in order, each after a delay of its own.
class ModelSocket {
 public:
  struct Handlers {
    std::function<void()> opened;
    std::function<void(std::string)> message;
    std::function<void(int code)> closed;
  };

  ModelSocket(VirtualTime& time, Handlers to) : up(time), down(time), handlers(std::move(to)) {}

  Lane up;    ///< to the host
  Lane down;  ///< to the page
  Handlers handlers;
  std::optional<hub::ConnectionId> connection;  ///< while the host knows of it
  bool closed = false;                          ///< the page has closed it, or knows that it is
  bool broken = false;                          ///< nothing that is sent arrives any more
};
using SocketRef = std::shared_ptr<ModelSocket>;

/// The real hub and the real codec of parley.v1, behind sockets that break.
class SimulatedHost {
 public:
  explicit SimulatedHost(VirtualTime& time);

  // A page's side.
  [[nodiscard]] SocketRef open(ModelSocket::Handlers handlers);
  void send(const SocketRef& socket, std::string text);
  void close(const SocketRef& socket);

  // Disturbances.
  /// The connection breaks and what is on its way is lost. Each side notices at once, later or only by its
  /// heartbeat.
  void drop(const SocketRef& socket);
  /// The process ends and everything it knew with it; another starts after `pause`.
  void restart(Duration pause);

  [[nodiscard]] bool running() const { return hub_ != nullptr; }
  /// Whether a message is on its way on any socket that the host knows.
  [[nodiscard]] bool busy() const;

 private:
  void start();
  void accept(const SocketRef& socket);
  void forget(const SocketRef& socket);
  void close_from_here(const SocketRef& socket, int code, Duration delay);
  void perform(const hub::Outcome& outcome);
  void probe(hub::ConnectionId connection);
  void wake_when_due();
  [[nodiscard]] hub::Instant hub_now() const;

  VirtualTime& time_;
  std::unique_ptr<hub::Hub> hub_;
  std::map<hub::ConnectionId, SocketRef> sockets_;
  hub::ConnectionId last_connection_ = 0;
  std::optional<hub::Instant> waking_;
};

}  // namespace parley::simulation

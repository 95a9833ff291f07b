#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/exchange.hpp"
#include "server/outbox.hpp"
#include "server/recipient.hpp"
#include "server/socket_handler.hpp"
#include "socket_io/server.hpp"

namespace parley::server {

/// Socket.IO's clients among the hub's: one connection of the hub's for each that is in the main namespace,
/// whichever way its packets take.
///
///     a worker with a GET, a POST or a frame   hands it to the library under the gateway's lock     no hub
///     what the library tells of clients        goes to the exchange                                no
///     gateway's lock the hub's deliveries                     wait in a SocketIoClient, under the hub's lock
///     drain()                                  emits them, under the gateway's lock; answers and frames
///     follow
///
/// The two locks are never held at once.
class SocketIoGateway {
 public:
  SocketIoGateway(Exchange& exchange, Writer& writer, OutboxLimits outbox_limits, const hub::Limits& limits,
                  std::size_t max_sessions);
  ~SocketIoGateway();
  SocketIoGateway(const SocketIoGateway&) = delete;
  SocketIoGateway& operator=(const SocketIoGateway&) = delete;

  /// A GET or POST of a client: returns when there is something to answer, which for a GET may take until the
  /// next ping. An answer that does not reach its client is one that it does not poll after, so its session
  /// ends with the next ping.
  [[nodiscard]] engine_io::output::Answer answer(std::string_view method, std::string_view query,
                                                 std::optional<std::uint64_t> length, std::string_view body);

  /// Why a WebSocket is not to be opened at this address, if it is not.
  [[nodiscard]] std::optional<engine_io::output::Answer> refusal_of_socket(std::string_view query);
  [[nodiscard]] std::unique_ptr<SocketHandler> socket(std::string query, int descriptor);

  /// Ends all sessions, so that no worker waits any more.
  void stop();

 private:
  class Client;
  class WebSocket;
  friend class Client;
  friend class WebSocket;

  struct Waiting {
    std::optional<engine_io::output::Answer> answer{};
    std::condition_variable answered{};
  };

  /// Runs `act(now, out)` under the lock, performs what came of it, and then, without it, tells the exchange.
  template <class Act>
  void take_turn(Act&& act);
  void perform(engine_io::Outputs& outputs, std::vector<std::shared_ptr<Outbox>>& filled);
  void tell(const socket_io::Output& what);
  void tell_connected(const socket_io::output::Connected& connected);
  void tell_event(const socket_io::output::Event& event);
  void keep_time(const std::stop_token& stop);
  [[nodiscard]] std::shared_ptr<Client> client_of(engine_io::SessionId session);

  Exchange& exchange_;
  Writer& writer_;
  const OutboxLimits outbox_limits_;
  const std::size_t max_message_bytes_;

  std::mutex mutex_;
  std::condition_variable_any earlier_;
  socket_io::Server io_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<engine_io::RequestId, Waiting*> waiting_;
  std::unordered_map<engine_io::SocketId, std::shared_ptr<Outbox>> sockets_;
  std::unordered_map<engine_io::SessionId, std::shared_ptr<Client>> clients_;
  bool stopping_ = false;
  std::jthread timer_;
};

}  // namespace parley::server

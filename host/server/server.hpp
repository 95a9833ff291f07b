#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/address.hpp"
#include "server/descriptor.hpp"
#include "server/exchange.hpp"
#include "server/hls_files.hpp"
#include "server/hls_folder.hpp"
#include "server/hls_gateway.hpp"
#include "server/manager_listener.hpp"
#include "server/options.hpp"
#include "server/site.hpp"
#include "server/socket_io_gateway.hpp"
#include "server/whip.hpp"
#include "server/writer.hpp"

struct mg_connection;
struct mg_context;

namespace parley::server {

/// The host's sockets and threads, on Civetweb. It knows nothing of rooms: what a message means is the
/// dialect's to say and the hub's to decide.
///
/// The way of one message, A's to B:
///
///     worker_socket    A's worker waits in recv(); FrameGuard looks at each header before Civetweb does
///     Civetweb         unmasks the frame and calls us with it
///     Connection       answers control frames, puts fragments together, has the dialect decode the message
///     Exchange         gives it to the hub under a short lock; the hub's deliveries go into B's Outbox
///     Outbox           the same worker, after the lock: B's dialect encodes, one send() that never waits
///     Writer           goes on where B's socket took no more; an outbox that is full closes B with 1008
///
/// A thread serves one connection at a time, and all are started at once: `max_connections` for WebSockets
/// and `http_workers` more, so that HTTP is answered when those are taken. Civetweb writes nothing to a
/// WebSocket after the handshake (its pings are off, and it answers no close), so every later byte comes from
/// the Outbox.
class Server {
 public:
  /// Listens; or says in a sentence what keeps it from that.
  [[nodiscard]] static std::variant<std::unique_ptr<Server>, std::string> start(const Options& options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Where it listens, with the real ports.
  [[nodiscard]] const std::vector<Address>& addresses() const { return addresses_; }
  /// Where the room manager does, if it is wanted.
  [[nodiscard]] std::optional<Address> manager_address() const {
    return manager_ ? std::optional(manager_->address()) : std::nullopt;
  }
  /// Closes every WebSocket with 1001, gives the clients a second to answer and ends all threads.
  void stop();

 private:
  Server(const Options& options, std::optional<HlsFolder> hls_folder);

  /// Says what went wrong, or nothing.
  [[nodiscard]] std::string start_civetweb(const Options& options);
  void register_handlers();
  [[nodiscard]] std::string_view hls_state() const;
  [[nodiscard]] std::string health() const;

  [[nodiscard]] std::unique_ptr<SocketHandler> plain_socket(DialectAt at, std::string client);
  /// Takes a place among the connections, if one is free.
  [[nodiscard]] bool admit();

  // Civetweb's callbacks, each on the thread of the connection it is about.
  int http_request(mg_connection* connection);
  [[nodiscard]] HttpResponse answer(const HttpRequest& request);
  int socket_io_request(mg_connection* connection);
  int websocket_requested(mg_connection* connection);
  void websocket_opened(mg_connection* connection);
  void websocket_closed(const mg_connection* connection);

  std::size_t max_connections_;
  std::size_t max_refusals_;  // at once, of the workers that are kept back
  FrameLimits frame_limits_;
  std::chrono::milliseconds silence_;
  OutboxLimits outbox_limits_;
  std::vector<std::string> allowed_origins_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

  Descriptor stop_event_;
  Writer writer_;
  const std::optional<HlsFolder> hls_folder_;
  const std::unique_ptr<HlsGateway> hls_gateway_;  // null: this host makes no HLS
  Exchange exchange_;
  SocketIoGateway socket_io_;
  Whip whip_;
  HlsFiles hls_files_;
  Site site_;
  const ExchangeTimer exchange_timer_;  // ends before all that it calls

  std::atomic<std::size_t> admitted_ = 0;  // WebSockets that the hub knows
  std::atomic<std::size_t> open_ = 0;      // and those that are being refused with 1013
  std::atomic<bool> stopping_ = false;
  std::mutex gone_mutex_;
  std::condition_variable gone_;

  std::vector<Address> addresses_;
  mg_context* civetweb_ = nullptr;
  std::unique_ptr<ManagerListener> manager_;  // null: it is not wanted
};

}  // namespace parley::server

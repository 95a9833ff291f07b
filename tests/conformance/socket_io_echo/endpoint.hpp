#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engine_io/sessions.hpp"
#include "net/http_exchange.hpp"
#include "net/outbox.hpp"
#include "net/socket_handler.hpp"

struct mg_connection;

namespace parley::echo {

using engine_io::Instant;

/// The part of an echo that is not its sessions. All of it is called under the endpoint's lock.
struct Application {
  std::function<void(engine_io::Outputs&, Instant)> settle;
  std::function<void(Instant, engine_io::Outputs&)> expire;
  std::function<std::optional<Instant>()> next_timeout;
};

/// Engine.IO sessions at one path behind the host's own front, in the simplest way: one lock around each call
/// and around the sending of what came of it.
class Endpoint {
 public:
  Endpoint(engine_io::Sessions& sessions, Application application);
  ~Endpoint() { stop(); }
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  void request(mg_connection* connection, std::shared_ptr<net::HttpExchange> exchange);
  /// Says whether to open one.
  [[nodiscard]] bool web_socket(mg_connection* connection, net::HttpExchange& exchange);
  /// Ends all sessions.
  void stop();

 private:
  struct Waiting {
    engine_io::SessionId session = 0;
    std::shared_ptr<net::HttpExchange> exchange;
  };
  class Socket;
  friend class Socket;

  /// Runs `turn(now, out)` under the lock and performs what came of it.
  template <class Turn>
  void take_turn(Turn&& turn);
  void perform(engine_io::Outputs& outputs, Instant now);
  void perform(engine_io::output::Answer& answer);
  void perform(const engine_io::output::SendFrame& frame);
  void perform(const engine_io::output::CloseSocket& close);
  // The application has taken its part.
  void perform(const engine_io::output::Opened&) {}
  void perform(const engine_io::output::Received&) {}
  void perform(const engine_io::output::Alive&) {}
  void perform(const engine_io::output::Ended&) {}
  void keep_time(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any earlier_;
  engine_io::Sessions& sessions_;
  Application application_;
  std::atomic<std::uint64_t> last_id_ = 0;
  std::unordered_map<engine_io::RequestId, Waiting> waiting_;
  std::unordered_map<engine_io::SocketId, std::shared_ptr<net::Outbox>> sockets_;
  std::vector<std::pair<engine_io::SessionId, engine_io::RequestId>> lost_;
  std::jthread timer_;
};

}  // namespace parley::echo

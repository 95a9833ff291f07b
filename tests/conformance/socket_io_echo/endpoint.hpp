#pragma once

#include <civetweb.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>

#include "engine_io/sessions.hpp"
#include "server/frame.hpp"

namespace parley::echo {

using engine_io::Instant;

/// The part of an echo that is not its sessions. All of it is called under the endpoint's lock.
struct Application {
  std::function<void(engine_io::Outputs&, Instant)> settle;
  std::function<void(Instant, engine_io::Outputs&)> expire;
  std::function<std::optional<Instant>()> next_timeout;
};

/// Engine.IO sessions at one path of a Civetweb server, in the simplest way that works with a thread a
/// connection: one lock around each call and around the writing of what came of it. So a client that does not
/// read delays the others, which a test's echo may and a host may not.
class Endpoint {
 public:
  Endpoint(engine_io::Sessions& sessions, Application application);
  ~Endpoint() { stop(); }
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  void serve_at(mg_context* civetweb, const char* pattern);
  /// Ends all sessions, so that no worker waits any more.
  void stop();

 private:
  /// A request whose worker waits for its answer.
  struct Waiting {
    std::optional<engine_io::output::Answer> answer{};
    std::condition_variable answered{};
  };
  struct Socket;

  int request(mg_connection* connection);
  int socket_requested(const mg_connection* connection);
  void socket_opened(mg_connection* connection);
  [[nodiscard]] bool frame(mg_connection* connection, server::Opcode opcode, bool last,
                           std::string_view payload);
  void socket_closed(const mg_connection* connection);

  /// Runs `turn(now, out)` under the lock and performs what came of it.
  template <class Turn>
  void take_turn(Turn&& turn);
  void perform(engine_io::Outputs& outputs);
  void perform(engine_io::output::Answer& answer);
  void perform(const engine_io::output::SendFrame& frame);
  void perform(const engine_io::output::CloseSocket& close);
  // The application has taken its part.
  void perform(const engine_io::output::Opened&) {}
  void perform(const engine_io::output::Received&) {}
  void perform(const engine_io::output::Alive&) {}
  void perform(const engine_io::output::Ended&) {}
  void write(engine_io::SocketId socket, const std::string& frames);
  void keep_time(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any earlier_;
  engine_io::Sessions& sessions_;
  Application application_;
  std::atomic<std::uint64_t> last_id_ = 0;
  std::unordered_map<engine_io::RequestId, Waiting*> waiting_;
  std::unordered_map<engine_io::SocketId, mg_connection*> sockets_;
  std::jthread timer_;
};

}  // namespace parley::echo

#pragma once

#include <atomic>
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

#include "base/object_pool.hpp"
#include "exchange/adaptive_mutex.hpp"
#include "exchange/exchange.hpp"
#include "net/outbox.hpp"
#include "net/recipient.hpp"
#include "server/client_socket.hpp"
#include "socket_io/server.hpp"

namespace parley::server {

class SocketIoClient;

/// Whose a request or a frame of Engine.IO is.
struct Caller {
  std::string address{};
  std::string token{};  ///< that came with it; empty where none did
};

/// Socket.IO's clients among the hub's: one connection of the hub's for each that is in the main namespace,
/// whichever way its packets take.
///
///     a thread with a GET, a POST or a frame   reads it, without a lock; hands it to the library and takes
///                                              what has arrived, under the endpoint's lock; reads that,
///                                              again without
///     what the library tells of clients        goes to the exchange, without the endpoint's lock
///     what it answers to requests              goes to the front, without the endpoint's lock
///     the hub's deliveries                     wait in a SocketIoClient, under the hub's lock, or go
///                                              straight into the outbox of its WebSocket
///     drain()                                  writes them, without a lock, and has them sent, under the
///                                              endpoint's
///
/// The two locks are never held at once.
class SocketIoEndpoint {
 public:
  SocketIoEndpoint(exchange::Exchange& exchange, net::OutboxLimits outbox_limits, const hub::Limits& limits,
                   std::size_t max_sessions);
  ~SocketIoEndpoint();
  SocketIoEndpoint(const SocketIoEndpoint&) = delete;
  SocketIoEndpoint& operator=(const SocketIoEndpoint&) = delete;

  /// Sends the answer to a request, from whichever thread; false where the client is not there any more.
  using Write = std::function<bool(engine_io::output::Answer&)>;

  /// A GET or POST of a client: calls `write` once, when there is something to answer, which for a GET may
  /// take until the next ping. Where the client is gone by then its session ends: what was in the answer is
  /// lost.
  void request(const engine_io::Request& request, std::string_view body, const Caller& caller, Write write);

  /// Why a WebSocket is not to be opened at this address, if it is not.
  [[nodiscard]] std::optional<engine_io::output::Answer> refusal_of_socket(std::string_view query);
  [[nodiscard]] std::unique_ptr<net::SocketHandler> socket(std::string query, Caller caller,
                                                           Sockets::Ticket ticket);

  /// Has a session send these Socket.IO packets; returns the outbox of its WebSocket, if it sends by one.
  [[nodiscard]] std::shared_ptr<net::Outbox> emit(engine_io::SessionId session,
                                                  std::vector<std::string> packets);
  void close(engine_io::SessionId session);
  /// The same of one for whom too much waits: it is not sent any more.
  void give_up(engine_io::SessionId session);
  /// Has its client asked whether it is there: SocketIoClient::answered(), if it is.
  void ask(engine_io::SessionId session);

  /// Ends all sessions, which answers all polls.
  void stop();

 private:
  class WebSocket;
  friend class WebSocket;

  /// A request without an answer yet.
  struct Waiting {
    engine_io::SessionId session = 0;
    Write write;
  };

  struct Answered {
    engine_io::output::Answer answer;
    Waiting request;
  };

  /// What the exchange is to be told, and of which client.
  struct Told {
    socket_io::Output what;
    std::shared_ptr<SocketIoClient> client;
  };

  /// What a turn leaves to do; empty between two turns, with the room that their last one needed.
  struct Aftermath {
    engine_io::Outputs out;
    socket_io::Arrivals arrivals;
    std::vector<std::shared_ptr<net::Outbox>> filled;
    std::vector<Told> told;
    std::vector<std::shared_ptr<SocketIoClient>> alive;
    std::vector<Answered> answers;
  };

  /// Runs `act(now, out)` under the lock and performs what came of it. What clients have said is read without
  /// the lock, handed in under it, and then, again without it, told to the exchange.
  /// `caller`: whoever said something in this turn.
  template <class Act>
  void take_turn(Act&& act, const Caller& caller = {});
  /// A place for one more session among those of this address, if there is one.
  [[nodiscard]] std::shared_ptr<const void> place_for(const std::string& address);
  template <class Act>
  void under_lock(Aftermath& aftermath, Act&& act);
  void perform(Aftermath& aftermath);
  [[nodiscard]] Told addressed(socket_io::Output what, const Caller& caller);
  [[nodiscard]] static std::string token_in(const std::string& auth, const Caller& caller);
  static void tell(const Told& told);
  void write(Answered answered);
  void keep_time(const std::stop_token& stop);

  exchange::Exchange& exchange_;
  const net::OutboxLimits outbox_limits_;

  net::UnsentShare polls_;  // what waits for polls

  exchange::AdaptiveMutex mutex_;
  std::condition_variable_any earlier_;
  socket_io::Server io_;
  std::atomic<std::uint64_t> last_id_ = 0;
  std::unordered_map<engine_io::RequestId, Waiting> waiting_;
  std::unordered_map<engine_io::SocketId, std::shared_ptr<net::Outbox>> sockets_;
  std::unordered_map<engine_io::SessionId, std::shared_ptr<SocketIoClient>> clients_;
  bool stopping_ = false;
  ObjectPool<Aftermath> aftermaths_;
  std::jthread timer_;
};

}  // namespace parley::server

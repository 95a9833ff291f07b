#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "hub/source.hpp"
#include "net/answer.hpp"
#include "net/socket_handler.hpp"

namespace parley::net {

class EventLoop;
class Watched;

/// Who is at the other end of a connection, or has a proxy send this request.
struct Peer {
  std::string address;       ///< numeric: the client's; "proxied:" and a proxy's where nobody knows it
  hub::Source source;        ///< what counts as its address
  std::size_t listener = 0;  ///< through which of the front's listeners it came
  bool tls = false;          ///< as far as the client sees it
  bool forwarded = false;    ///< a proxy has sent this request for somebody
};

/// One request and the answer to it, between the event loop that has the client and the thread of Civetweb's
/// that has the handler. A handler may keep it, and answer later from any thread: a long poll holds none.
class HttpExchange {
 public:
  HttpExchange(EventLoop& loop, Watched& connection, Peer peer, std::chrono::seconds keep_alive)
      : loop_(loop), connection_(&connection), peer_(std::move(peer)), keep_alive_(keep_alive) {}

  [[nodiscard]] const Peer& peer() const { return peer_; }
  /// How long the connection is kept for the client's next request; 0 where it is to end.
  [[nodiscard]] std::chrono::seconds keep_alive() const { return keep_alive_; }

  /// Sends the answer. False where nobody reads it any more, or there is one already.
  bool answer(Answer answer);
  /// The answer comes after the handler has returned.
  void answer_later();
  /// To be called while Civetweb asks whether to open a WebSocket: once it has answered 101, the client's
  /// connection is one, and this is its handler.
  void upgrade(std::unique_ptr<SocketHandler> handler);

  // For the connection, on its loop.

  [[nodiscard]] std::optional<Answer> take_answer();
  [[nodiscard]] std::unique_ptr<SocketHandler> take_handler();
  /// Civetweb is done with the request: whether there is, or will be, an answer.
  [[nodiscard]] bool is_taken() const;
  /// The client has ended its side: it reads no answer.
  void client_ended();
  /// The connection ends.
  void detach();

 private:
  EventLoop& loop_;
  mutable std::mutex mutex_;
  Watched* connection_;
  const Peer peer_;
  const std::chrono::seconds keep_alive_;
  bool later_ = false;
  bool answered_ = false;
  bool ended_ = false;
  std::optional<Answer> answer_;
  std::unique_ptr<SocketHandler> handler_;
};

}  // namespace parley::net

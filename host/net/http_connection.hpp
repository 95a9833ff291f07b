#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.hpp"
#include "net/addresses.hpp"
#include "net/answer.hpp"
#include "net/chunked_body.hpp"
#include "net/event_loop.hpp"
#include "net/http_exchange.hpp"
#include "net/http_limits.hpp"
#include "net/inner_connection.hpp"
#include "net/received_bytes.hpp"
#include "net/shed_queue.hpp"
#include "net/socket.hpp"
#include "net/trusted_proxies.hpp"
#include "net/web_socket.hpp"

namespace parley::net {

/// Where clients arrive.
struct Listener {
  Address address;
  /// Every request is sent on, with 308, to the listener of this number, which has TLS.
  std::optional<std::size_t> redirects_to{};
  /// Its requests go first: whoever fills the public listeners keeps nobody out of this one.
  bool privileged = false;
  std::string_view option = "--listen";  ///< that names it
};

inline constexpr HttpRefusal too_many_connections{
    429, "Your network address has as many connections here as it may have. Try again later."};

class HttpConnection;
using WaitingConnections = ShedQueue<HttpConnection>;

/// What all connections of one loop share.
struct HttpContext {
  EventLoop& loop;
  InnerConnections& inner;
  WaitingConnections& waiting;  ///< of all loops
  std::size_t number;           ///< the loop's, among all
  Addresses& clients;
  ReceivedBytes& received;
  const TrustedProxies& proxies;
  const HttpLimits& http;
  const WebSocketLimits& web_sockets;
  const std::vector<Address>& addresses;  ///< of all listeners, with the real ports
};

/// A client that speaks HTTP/1.1. It costs a thread of Civetweb's only while a handler has a whole request.
///
///     idle ─▸ head ─▸ body ─▸ waiting (Civetweb has the request) ─▸ answering ─▸ idle, with keep-alive
///      ▴       │        │                                             │
///      │       └────────┴─▸ answering, with a refusal                 ├─▸ WebSocket, after a 101
///      │                                                              └─▸ farewell (what comes is forgotten)
///      └─ proxied: where a trusted proxy may say whose the connection is before all else
class HttpConnection : public Watched {
 public:
  HttpConnection(const HttpContext& context, Socket socket, Peer peer, const Listener& listener);
  ~HttpConnection() override;

  /// After it was added to the loop, for EPOLLIN. `place`: of the client among the connections of its address;
  /// of nobody where its requests, or a PROXY header, are to say whose it is.
  void begin(Addresses::Place place);
  /// Instead: says why its client may not have it, and ends as soon as that was heard.
  void turn_away(const HttpRefusal& refusal);
  /// Ends, one of those that wait, to make room for somebody else: see ShedQueue.
  void make_room() { end(); }

  void ready(std::uint32_t events) override;
  void due(Instant now) override;
  void woken() override;
  void failed() noexcept override;

  [[nodiscard]] const std::shared_ptr<HttpExchange>& exchange() const { return exchange_; }

 private:
  enum class State : std::uint8_t { proxied, idle, head, body, waiting, answering, farewell };

  void enter(State state, std::uint32_t events, std::chrono::milliseconds patience);
  void listen_for(std::uint32_t events);
  void await_request();
  void await_no_more() noexcept;
  void listen_to_proxy();
  [[nodiscard]] bool admit_named();
  [[nodiscard]] bool admit(const Peer& client);
  [[nodiscard]] Peer client_of(const RequestHead& head) const;
  void receive();
  /// Goes as far as the bytes that have come allow.
  void advance();
  [[nodiscard]] bool take_head();
  [[nodiscard]] bool take_body();
  void hand_over();
  void refuse_proxy();
  void note_unknown_proxy(const RequestHead& head) const;
  void refuse_head(const HttpRefusal& refusal);
  void refuse(const HttpRefusal& refusal);
  /// The same, of what exceeds the limit of this option.
  void refuse(const HttpRefusal& refusal, std::string_view limit);
  void count(std::string_view limit);
  /// The handshake of TLS has failed, if that is why nothing more comes.
  void explain_tls();
  void reply(Answer answer);
  void flush();
  [[nodiscard]] std::optional<bool> send_some();
  void answered();
  void become_web_socket(std::unique_ptr<SocketHandler> handler);
  void say_farewell();
  void forget_what_comes();
  void end() noexcept;

  const HttpContext& context_;
  Socket socket_;
  Peer peer_;    // the client, or its proxy
  Peer client_;  // of the request at hand
  const Listener& listener_;
  bool by_proxy_ = false;   // one that is trusted, so each request has a client of its own
  Addresses::Place place_;  // of the client among the connections of its address
  std::optional<WaitingConnections::Position> waits_;
  State state_ = State::idle;
  bool half_closed_ = false;
  std::uint32_t events_ = 0;
  ReceivedBytes::Share received_;
  std::string in_;        // what has come and was not used
  std::size_t seen_ = 0;  // of it, without the end of a head (or of what a proxy says)
  std::string request_;   // the head for Civetweb, without its end
  std::string body_;
  std::uint64_t body_left_ = 0;  // of one whose length is known
  std::optional<ChunkedBody> chunks_;
  bool keep_alive_ = false;
  std::shared_ptr<HttpExchange> exchange_;  // once Civetweb has the request
  Answer answer_;
  std::uint64_t sent_ = 0;  // of the answer, its head included
  std::size_t forgotten_ = 0;
};

}  // namespace parley::net

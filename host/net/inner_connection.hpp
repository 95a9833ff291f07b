#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "net/event_loop.hpp"
#include "net/http_exchange.hpp"

namespace parley::net {

class HttpConnection;

/// Which exchange an inner connection is for, by its local port: that is how Civetweb's handlers learn whose
/// request they have. A connection to Civetweb's port that is not in here was not made by the front.
class InnerPorts {
 public:
  void add(std::uint16_t port, std::shared_ptr<HttpExchange> exchange);
  void remove(std::uint16_t port);
  /// Null where the front has made no such connection.
  [[nodiscard]] std::shared_ptr<HttpExchange> find(std::uint16_t port) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint16_t, std::shared_ptr<HttpExchange>> exchanges_;
};

/// One loop's connections to Civetweb, one a request. There are no more than Civetweb has threads for; who
/// comes then waits in line, and whoever came by a privileged listener goes first.
class InnerConnections {
 public:
  /// `port`: Civetweb's, on 127.0.0.1.
  InnerConnections(EventLoop& loop, InnerPorts& ports, std::uint16_t port, std::size_t most)
      : loop_(loop), ports_(ports), port_(port), most_(most) {}

  /// Has Civetweb answer this client's request, now or once it is its turn.
  void request(HttpConnection& client, std::string bytes, bool privileged);
  /// The client is gone.
  void forget(HttpConnection& client);

 private:
  class Inner;
  friend class Inner;

  struct Waiting {
    HttpConnection* client;
    std::string bytes;
  };

  void start(HttpConnection& client, std::string bytes);
  void ended() noexcept;

  EventLoop& loop_;
  InnerPorts& ports_;
  const std::uint16_t port_;
  const std::size_t most_;
  std::size_t busy_ = 0;
  std::deque<Waiting> waiting_;
  std::deque<Waiting> privileged_;
};

}  // namespace parley::net

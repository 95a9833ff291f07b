#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address_range.hpp"
#include "base/result.hpp"
#include "net/address.hpp"
#include "net/addresses.hpp"
#include "net/event_loop.hpp"
#include "net/http_connection.hpp"
#include "net/inner_connection.hpp"
#include "net/trusted_proxies.hpp"
#include "net/web_socket.hpp"

namespace parley::net {

struct FrontSettings {
  std::vector<Listener> listeners;
  std::size_t loops = 0;  ///< 0: one a processor
  /// Requests that Civetweb has at once: as many as it has threads.
  std::size_t http_workers = 64;
  /// Connections of all kinds at once; more are told so and closed.
  std::size_t connections = 10'000;
  std::shared_ptr<const TlsContext> tls{};  ///< of the listeners that have it
  std::vector<AddressRange> trust_proxy{};  ///< see TrustedProxies
  AddressLimits addresses{};
  /// Of requests and messages that are not whole yet: see ReceivedBytes. As many as 500 of the longest.
  std::size_t received_bytes = std::size_t{64} * 1024 * 1024;
  HttpLimits http{};
  WebSocketLimits web_sockets{};
};

/// Where all clients arrive. It accepts, collects requests, and has WebSockets; what a request means is for
/// Civetweb's handlers, behind a loopback port.
///
///     client ──▸ HttpConnection ── a whole request ──▸ Civetweb ──▸ a handler, with its HttpExchange
///                     ◂──────────── HttpExchange::answer(), from any thread ───────────┘
///                     └── after a 101 ──▸ WebSocket ──▸ SocketHandler
class Front {
 public:
  /// Listens; or says in a sentence what keeps it from that. Nobody is accepted before start().
  [[nodiscard]] static Result<std::unique_ptr<Front>, std::string> listen(FrontSettings settings);
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  /// Where its listeners are, with the real ports, in the order of the settings.
  [[nodiscard]] const std::vector<Address>& addresses() const { return addresses_; }

  /// Begins to serve; `inner_port` is Civetweb's on 127.0.0.1.
  void start(std::uint16_t inner_port);
  /// Whose request came over this inner connection; null where the front has not made it.
  [[nodiscard]] std::shared_ptr<HttpExchange> exchange_of(std::uint16_t local_port) const {
    return ports_.find(local_port);
  }

  /// What each client's address holds and does. From any thread, and for as long as the front is there.
  [[nodiscard]] Addresses& clients() { return clients_; }

  /// For those who come from now on. From any thread.
  void use(std::shared_ptr<const TlsContext> tls);

  /// Takes no more connections, and no more requests on those that there are.
  void stop_accepting();
  /// Ends all connections and the loops.
  void stop();

 private:
  class Acceptor;
  class Intake;
  struct Worker;
  struct Accepted {
    Descriptor fd;
    Peer peer;
    Addresses::Place place{};
    std::optional<HttpRefusal> refusal{};
  };

  explicit Front(FrontSettings settings);
  /// Says whether the connection is one of those that others have to make room for. `last`: few descriptors are
  /// left.
  [[nodiscard]] bool take(Accepted accepted, bool last);
  [[nodiscard]] std::optional<HttpRefusal> refusal_of(Accepted& accepted);
  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::shared_ptr<const TlsContext> tls() const;

  const FrontSettings settings_;
  std::vector<Descriptor> listening_;
  std::vector<Address> addresses_;
  mutable std::mutex tls_mutex_;
  std::shared_ptr<const TlsContext> tls_;
  const TrustedProxies proxies_;
  Addresses clients_;
  ReceivedBytes received_;
  InnerPorts ports_;
  WaitingConnections waiting_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace parley::net

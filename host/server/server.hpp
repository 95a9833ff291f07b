#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "exchange/exchange.hpp"
#include "http/civetweb.hpp"
#include "http/hls_files.hpp"
#include "http/origins.hpp"
#include "http/site.hpp"
#include "http/whip.hpp"
#include "media/hls_folder.hpp"
#include "media/hls_gateway.hpp"
#include "net/front.hpp"
#include "server/account_api.hpp"
#include "server/client_socket.hpp"
#include "server/dialects.hpp"
#include "server/guard.hpp"
#include "server/invitations.hpp"
#include "server/options.hpp"
#include "server/socket_io_endpoint.hpp"
#include "server/tokens.hpp"

struct mg_connection;

namespace parley::server {

/// The host, put together. It knows nothing of rooms: what a message means is the dialect's to say and the
/// hub's to decide.
///
/// The way of one message, A's to B:
///
///     net::WebSocket   A's event loop reads its frames, and makes a message of them
///     Connection       has the dialect decode it
///     Exchange         gives it to the hub under a short lock; the hub's deliveries go into B's outbox
///     net::Outbox      the same thread, after the lock: B's dialect encodes, one send() that never waits;
///                      B's event loop goes on where B's socket took no more
///
/// The way of one request: the front collects it and hands it to Civetweb, one of whose threads calls
/// request() or web_socket() here; the answer goes to the front, from whichever thread has it.
class Server {
 public:
  /// Listens; or says in a sentence what keeps it from that.
  [[nodiscard]] static Result<std::unique_ptr<Server>, std::string> start(const Options& options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Where it listens, with the real ports.
  [[nodiscard]] const std::vector<net::Address>& addresses() const { return addresses_; }
  /// Where plain HTTP is sent on to the first of these with TLS.
  [[nodiscard]] const std::vector<net::Address>& redirecting() const { return redirecting_; }
  /// Where the room manager does, if it is wanted.
  [[nodiscard]] const std::optional<net::Address>& manager_address() const { return manager_address_; }
  /// Reads the certificates again, for those who come from now on; where one is wrong, says so in the log and
  /// keeps the old ones.
  void reload();
  /// Closes every WebSocket with 1001, gives the clients a second to answer and ends all threads.
  void stop();

 private:
  Server(const Options& options, std::unique_ptr<net::Front> front,
         std::optional<media::HlsFolder> hls_folder, std::unique_ptr<users::Accounts> accounts,
         std::unique_ptr<Tokens> tokens);

  [[nodiscard]] Result<void, std::string> serve(const Options& options);
  [[nodiscard]] std::string_view hls_state() const;
  [[nodiscard]] std::string health_json() const;
  void reload_certificates();
  void reload_keys();

  /// A request with its exchange, on a thread of Civetweb's.
  struct Call;
  [[nodiscard]] std::shared_ptr<net::HttpExchange> exchange_of(mg_connection* connection) const;
  void request(mg_connection* connection);
  [[nodiscard]] http::HttpResponse answer(const http::HttpRequest& request, const net::Peer& peer);
  /// What pages of other sites may ask for, too, if this host lets them: `answer()`.
  template <class Answer>
  [[nodiscard]] http::HttpResponse answer_page(const http::Route& route, const http::HttpRequest& request,
                                               const net::Peer& peer, Answer&& answer);
  /// Nothing where a page of this origin may use the host.
  [[nodiscard]] std::optional<http::HttpResponse> refuse_page(std::string_view origin, std::string_view host,
                                                              std::string_view fetch_site,
                                                              const net::Peer& peer);
  void socket_io_request(const Call& call);
  /// Says whether to open one.
  [[nodiscard]] bool web_socket(mg_connection* connection);
  /// Why not, if not.
  [[nodiscard]] std::optional<http::HttpResponse> refusal_of_socket(const Call& call, const DialectAt& at);

  const std::unique_ptr<users::Accounts> accounts_;  // null: this host keeps none
  const net::OutboxLimits outbox_limits_;
  const hub::Config hub_;
  const http::Origins origins_;
  const std::size_t public_listeners_;
  const std::optional<std::size_t> manager_listener_;
  const std::vector<net::KeyPair> key_pairs_;
  const std::chrono::seconds hsts_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

  Sockets sockets_;
  const std::unique_ptr<net::Front> front_;
  std::vector<net::Address> addresses_;
  std::vector<net::Address> redirecting_;
  std::optional<net::Address> manager_address_;
  const std::optional<media::HlsFolder> hls_folder_;
  const std::unique_ptr<media::HlsGateway> hls_gateway_;  // null: this host makes no HLS
  const std::unique_ptr<Tokens> tokens_;                  // null: none is looked at
  exchange::Exchange exchange_;
  const Guard guard_;
  const Invitations invitations_;
  const AccountApi account_api_;
  SocketIoEndpoint socket_io_;
  http::Whip whip_;
  http::HlsFiles hls_files_;
  http::Site site_;
  const exchange::ExchangeTimer exchange_timer_;  // ends before all that it calls
  std::unique_ptr<http::Civetweb> civetweb_;
  bool stopped_ = false;
};

}  // namespace parley::server

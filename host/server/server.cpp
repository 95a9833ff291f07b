#include "server/server.hpp"

#include <civetweb.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/header_list.hpp"
#include "base/log_options.hpp"
#include "base/memory_reserve.hpp"
#include "http/bearer.hpp"
#include "http/civetweb_request.hpp"
#include "http/manager_api.hpp"
#include "http/manager_listener.hpp"
#include "http/rest.hpp"
#include "http/routes.hpp"
#include "server/connection.hpp"
#include "server/version.hpp"

namespace parley::server {
namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

// Clients that are asking for pages, and WebSockets on their way in and out.
constexpr std::size_t connections_besides = 4'096;

bool is_socket_io(http::Door door, std::string_view path) {
  const auto match = http::find_route(door, path);
  return match && match->route->endpoint == http::Endpoint::socketio;
}

/// Has the handshake answer with this subprotocol, or with none where it is null. Civetweb would name the
/// last one that is offered and, where none is, the one that this worker's last WebSocket agreed on: clients
/// must then end the connection (RFC 6455 section 4.1).
void answer_subprotocol(const mg_connection* connection, const char* subprotocol) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  const_cast<mg_request_info*>(mg_get_request_info(connection))->acceptedWebSocketSubprotocol = subprotocol;
}

/// The media gateway that is to be run, if one is.
std::unique_ptr<media::HlsGateway> gateway_of(const Options& options,
                                              const std::optional<media::HlsFolder>& folder) {
  if (!options.hls) return nullptr;
  std::vector<std::string> arguments{"--out",
                                     folder->path().string(),
                                     "--disk-mb",
                                     std::to_string(options.hls->disk_mb),
                                     "--memory-mb",
                                     std::to_string(options.hls->worker_mb),
                                     "--max-transcoded",
                                     std::to_string(options.hls->max_transcoded),
                                     "--log-level",
                                     log::spell(log::level_names, options.log_level),
                                     "--log-format",
                                     log::spell(log::format_names, options.log_format)};
  for (const std::string& range : options.hls->allow_candidates) {
    arguments.emplace_back("--allow-candidates");
    arguments.push_back(range);
  }
  if (folder->is_temporary()) arguments.emplace_back("--temporary");
  return std::make_unique<media::HlsGateway>(
      media::HlsGateway::Setting{.program = options.hls->program,
                                 .arguments = std::move(arguments),
                                 .workers = options.hls->workers,
                                 .memory_bytes = std::uint64_t{options.hls->worker_mb} << 20U,
                                 .left = folder->sim_numbers()});
}

/// Nobody else is called by an account's name.
hub::Config with_accounts(hub::Config config, const users::Accounts* accounts) {
  if (accounts != nullptr)
    config.is_owned = [accounts](std::string_view name) { return accounts->is_taken(name); };
  return config;
}

exchange::Exchange::CheckToken token_check(const Tokens* tokens) {
  if (tokens == nullptr) return {};
  return [tokens](std::string_view token, hub::Instant now) {
    return tokens->check(token, now, std::chrono::system_clock::now());
  };
}

/// Raises the limit of descriptors to what is needed, if it may.
bool may_open(std::size_t descriptors) {
  constexpr std::size_t besides = 128;  // those who are turned away among them
  const rlim_t needed = descriptors + besides;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return true;
  if (limit.rlim_cur >= needed) return true;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  return limit.rlim_cur == needed && ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

net::FrontSettings front_settings(const Options& options) {
  net::FrontSettings settings;
  for (const net::Address& address : options.listen) settings.listeners.push_back({.address = address});
  const auto https = std::ranges::find_if(options.listen, &net::Address::tls);
  for (const net::Address& address : options.redirect_https) {
    settings.listeners.push_back({.address = address,
                                  .redirects_to = https - options.listen.begin(),
                                  .privileged = false,
                                  .option = "--redirect-https"});
  }
  if (options.manager)
    settings.listeners.push_back({.address = *options.manager, .privileged = true, .option = "--manager"});
  settings.loops = options.loops;
  settings.http_workers = options.http_workers;
  settings.trust_proxy = options.trust_proxy;
  settings.addresses = options.addresses;
  settings.connections = options.max_connections + connections_besides;
  settings.http = options.http;
  settings.http.body_bytes = std::max(settings.http.body_bytes, options.hub.limits.message_bytes);
  settings.web_sockets.frames = options.frames;
  settings.received_bytes = options.received_mb * 1024 * 1024;
  settings.web_sockets.first_message = options.first_message;
  settings.web_sockets.message = options.message;
  settings.web_sockets.silence = 2 * options.hub.limits.heartbeat;
  return settings;
}

}  // namespace

struct Server::Call {
  Call(mg_connection* civetweb, std::shared_ptr<net::HttpExchange> its_exchange, const Server& server)
      : connection(civetweb),
        info(mg_get_request_info(civetweb)),
        exchange(std::move(its_exchange)),
        hsts(exchange->peer().tls ? server.hsts_ : std::chrono::seconds(0)) {}

  void respond(http::HttpResponse response) const {
    if (hsts.count() > 0)
      response.headers.emplace_back("Strict-Transport-Security", "max-age=" + std::to_string(hsts.count()));
    const bool head_only = std::string_view(info->request_method) == "HEAD";
    exchange->answer(http::make_answer(std::move(response), head_only, exchange->keep_alive()));
  }

  /// That it has shown with the request; empty where it has shown none.
  [[nodiscard]] std::string token() const {
    return http::token_of(http::header(connection, "Authorization"), http::query_of(info));
  }

  mg_connection* connection;
  const mg_request_info* info;
  std::shared_ptr<net::HttpExchange> exchange;
  // A browser that has been here by HTTPS comes by nothing else (RFC 6797), and takes no exception to a wrong
  // certificate any more: not where it is made here.
  std::chrono::seconds hsts;
};

Result<std::unique_ptr<Server>, std::string> Server::start(const Options& options) {
  // One a client, two and one in Civetweb a request that is being answered.
  const std::size_t descriptors = options.max_connections + connections_besides + 3 * options.http_workers;
  if (!may_open(descriptors))
    return Failure("The system lets this program open too few files for " + std::to_string(descriptors) +
                   " connections: raise its limit (ulimit -n), or lower --max-connections.");
  net::FrontSettings settings = front_settings(options);
  if (!options.tls.empty()) {
    auto loaded = net::TlsContext::load(options.tls);
    if (!loaded) return Failure(std::move(loaded.error()));
    settings.tls = *std::move(loaded);
  }
  auto listening = net::Front::listen(std::move(settings));
  if (!listening) return Failure(std::move(listening.error()));
  std::optional<media::HlsFolder> hls_folder;
  if (options.hls) {
    auto made = media::HlsFolder::make(options.hls->folder);
    if (!made) return Failure(std::move(made.error()));
    hls_folder.emplace(*std::move(made));
  }
  std::unique_ptr<users::Accounts> accounts;
  if (options.accounts) {
    auto opened = users::Accounts::open(*options.accounts);
    if (!opened) return Failure(std::move(opened.error()));
    accounts = *std::move(opened);
  }
  std::unique_ptr<Tokens> tokens;
  if (options.hub.auth != hub::Auth::off) {
    auto read = Tokens::read(options.tokens, accounts.get());
    if (!read) return Failure(std::move(read.error()));
    tokens = *std::move(read);
  }
  std::unique_ptr<Server> server(new Server(options, *std::move(listening), std::move(hls_folder),
                                            std::move(accounts), std::move(tokens)));
  if (auto serving = server->serve(options); !serving) return Failure(std::move(serving.error()));
  return server;
}

Server::Server(const Options& options, std::unique_ptr<net::Front> front,
               std::optional<media::HlsFolder> hls_folder, std::unique_ptr<users::Accounts> accounts,
               std::unique_ptr<Tokens> tokens)
    : accounts_(std::move(accounts)),
      outbox_limits_(options.outbox),
      hub_(with_accounts(options.hub, accounts_.get())),
      origins_(options.allow_origin),
      public_listeners_(options.listen.size()),
      manager_listener_(options.manager ? std::optional(public_listeners_ + options.redirect_https.size())
                                        : std::nullopt),
      key_pairs_(options.tls),
      hsts_(options.lan ? std::chrono::seconds(0) : options.hsts),
      sockets_(options.max_connections, options.http_workers / 2),
      front_(std::move(front)),
      addresses_(front_->addresses()),
      hls_folder_(std::move(hls_folder)),
      hls_gateway_(gateway_of(options, hls_folder_)),
      tokens_(std::move(tokens)),
      exchange_(hub_, front_->clients(),
                {.on_stream =
                     [this](hub::StreamChange change) {
                       if (hls_gateway_) hls_gateway_->change(std::move(change));
                     },
                 .on_call =
                     [this](const hub::CallRecord& call) {
                       if (accounts_) accounts_->keep(call);
                     },
                 .check_token = token_check(tokens_.get())}),
      guard_(exchange_, options.hub.auth),
      invitations_(exchange_, hub::asks(options.hub.auth) ? tokens_.get() : nullptr, options.hub.auth),
      account_api_(exchange_, accounts_.get()),
      socket_io_(exchange_, options.outbox, options.hub.limits, options.max_connections),
      whip_(exchange_, options.hub,
            {.sessions = options.max_connections,
             .waiting = std::max<std::size_t>(options.http_workers / 2, 1),
             .sdp_bytes = options.hub.limits.message_bytes}),
      hls_files_(hls_folder_ ? std::optional(hls_folder_->path()) : std::nullopt),
      site_(options.web),
      exchange_timer_(exchange_, options.hub.limits.heartbeat) {
  if (options.manager) manager_address_ = addresses_.back();
  const auto redirecting = addresses_.begin() + static_cast<std::ptrdiff_t>(public_listeners_);
  redirecting_.assign(redirecting, redirecting + static_cast<std::ptrdiff_t>(options.redirect_https.size()));
  addresses_.resize(public_listeners_);
}

Server::~Server() {
  stop();
}

Result<void, std::string> Server::serve(const Options& options) {
  auto started = http::Civetweb::start(
      options.http_workers,
      {.request = [this](mg_connection* connection) { request(connection); },
       .web_socket = [this](mg_connection* connection) { return web_socket(connection); },
       .error =
           [this](mg_connection* connection, int status, const char* sentence) {
             const auto exchange = exchange_of(connection);
             if (!exchange) return;
             auto response = http::text_response(status, plain_text, std::string(sentence) + ".\n");
             if (status == 426)
               response.headers.emplace_back("Sec-WebSocket-Version", "13");  // RFC 6455 section 4.2.2
             exchange->answer(http::make_answer(std::move(response), false, {}));
           }});
  if (!started) return Failure(std::move(started.error()));
  civetweb_ = *std::move(started);
  if (hls_gateway_) hls_gateway_->start(exchange_);
  if (accounts_) {
    accounts_->start([this](const std::string& name, std::optional<std::uint64_t> sign_in) {
      exchange_.manage([&](hub::Hub& hub, hub::Instant now, hub::Outcome& outcome) {
        hub.settle_account(name, sign_in, now, outcome);
      });
    });
  }
  front_->start(civetweb_->port());
  return {};
}

void Server::reload() {
  reload_certificates();
  reload_keys();
}

void Server::reload_keys() {
  if (!tokens_) return;
  if (const auto read = tokens_->reload(); !read) {
    log::line(log::Level::error, "keys-kept", {{"detail", read.error()}});
    return;
  }
  log::line(log::Level::info, "keys-read");
}

void Server::reload_certificates() {
  if (key_pairs_.empty()) return;
  auto loaded = net::TlsContext::load(key_pairs_);
  if (!loaded) {
    log::line(log::Level::error, "certificates-kept", {{"detail", loaded.error()}});
    return;
  }
  front_->use(*std::move(loaded));
  log::line(log::Level::info, "certificates-read");
}

void Server::stop() {
  if (std::exchange(stopped_, true)) return;
  sockets_.stop();
  front_->stop_accepting();
  socket_io_.stop();
  exchange_.close_all(going_away);
  if (hls_gateway_) hls_gateway_->begin_to_stop();
  sockets_.wait_until_gone(net::WebSocketLimits{}.close_patience + std::chrono::milliseconds(200));
  front_->stop();
  civetweb_.reset();
  if (hls_gateway_) hls_gateway_->stop();
  if (accounts_) accounts_->stop();
}

std::string_view Server::hls_state() const {
  if (!hls_gateway_) return "off";
  return hls_gateway_->running_workers() > 0 ? "running" : "starting";
}

std::string Server::health_json() const {
  const auto totals = exchange_.ask([](const hub::Hub& hub) { return hub.totals(); });
  std::string refusals = "{";
  for (const auto& [what, times] : front_->clients().refusals()) {
    if (refusals.size() > 1) refusals.push_back(',');
    refusals.append("\"").append(what).append("\":").append(std::to_string(times));
  }
  refusals.push_back('}');
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_);
  return std::string(R"({"status":")") + (sockets_.stopping() ? "stopping" : "ok") + R"(","version":")" +
         version + R"(","uptime":)" + std::to_string(uptime.count()) + R"(,"rooms":)" +
         std::to_string(totals.rooms) + R"(,"members":)" + std::to_string(totals.members) +
         R"(,"connections":)" + std::to_string(totals.connections) + R"(,"hls":")" +
         std::string(hls_state()) + R"(","hlsWorkers":)" +
         std::to_string(hls_gateway_ ? hls_gateway_->running_workers() : 0) + R"(,"streams":)" +
         std::to_string(hls_gateway_ ? hls_gateway_->streams() : 0) + R"(,"refused":)" + refusals + "}\n";
}

/// Null where somebody else than the front has connected to Civetweb.
std::shared_ptr<net::HttpExchange> Server::exchange_of(mg_connection* connection) const {
  const mg_request_info* info = mg_get_request_info(connection);
  if (std::string_view(info->remote_addr) != "127.0.0.1") return nullptr;
  return front_->exchange_of(static_cast<std::uint16_t>(info->remote_port));
}

void Server::request(mg_connection* connection) {
  auto exchange = exchange_of(connection);
  if (!exchange) return;
  const Call call(connection, std::move(exchange), *this);
  if (call.exchange->peer().listener != manager_listener_ &&
      is_socket_io(http::Door::request, call.info->local_uri_raw))
    return socket_io_request(call);
  const std::string body = http::body_of(connection);
  const http::HttpRequest request = http::request_of(connection, call.exchange->peer(), body);
  call.respond(call.exchange->peer().listener != manager_listener_
                   ? answer(request, call.exchange->peer())
                   : http::answer_to_manager(request, exchange_));
}

http::HttpResponse Server::answer(const http::HttpRequest& request, const net::Peer& peer) {
  // What begins now would keep one of the threads for as long as it may wait.
  if (sockets_.stopping() && request.method == "POST")
    return http::text_response(503, plain_text, "This host is shutting down. Try again later.\n");
  if (tokens_ && http::find_route(http::Door::manager, request.path)) {
    auto refused = guard_.administer(request, peer);
    return refused ? *std::move(refused) : http::answer_manager(request, exchange_);
  }
  const auto match = http::find_route(http::Door::request, request.path);
  if (!match) return site_.answer(request);
  using enum http::Endpoint;
  const auto endpoint = match->route->endpoint;
  if (endpoint == whip || endpoint == whip_session || endpoint == whip_elsewhere) {
    auto refused = refuse_page(request.origin, request.host, request.fetch_site, peer);
    return refused ? *std::move(refused) : whip_.answer(*match, request);
  }
  const bool streams = endpoint == playlist || endpoint == segment || endpoint == signed_playlist ||
                       endpoint == signed_segment;
  if (auto refused = http::refuse_method(*match->route, request.method))
    return streams ? http::for_all_sites(*std::move(refused)) : *std::move(refused);
  if (streams) {
    auto refused = guard_.stream(*match, request, peer);
    return http::for_all_sites(refused ? *std::move(refused) : hls_files_.answer(*match, request));
  }
  if (endpoint == health) return http::text_response(200, "application/json", health_json());
  if (endpoint == invitations)
    return answer_page(*match->route, request, peer,
                       [&] { return invitations_.answer(match->values[0], request, peer); });
  if (AccountApi::answers(endpoint))
    return answer_page(*match->route, request, peer,
                       [&] { return account_api_.answer(endpoint, request, peer); });
  if (endpoint == ice) {
    if (auto refused = refuse_page(request.origin, request.host, request.fetch_site, peer))
      return *std::move(refused);
    if (auto refused = guard_.ask(request, peer)) return *std::move(refused);
    auto servers = http::ice_servers(hub_.ice_servers_for(peer.source.key));
    http::let_page_read(servers, request.origin);
    return servers;
  }
  if ((endpoint == fastapi_rooms || endpoint == fastapi_peers) && !http::is_local(request) &&
      guard_.administer(request, peer))
    return http::rooms_are_not_for_all();
  if (endpoint == fastapi_rooms) return http::rooms_of_fastapi(exchange_);
  if (endpoint == fastapi_peers) {
    if (auto peers = http::peers_of_fastapi(match->values[0], exchange_)) return *std::move(peers);
  }
  return site_.answer(request);
}

template <class Answer>
http::HttpResponse Server::answer_page(const http::Route& route, const http::HttpRequest& request,
                                       const net::Peer& peer, Answer&& answer) {
  if (auto refused = refuse_page(request.origin, request.host, request.fetch_site, peer))
    return *std::move(refused);
  const bool is_preflight = request.method == "OPTIONS";
  auto response = is_preflight ? http::text_response(204, plain_text, "") : answer();
  http::let_page_read(response, request.origin);
  if (is_preflight) http::let_page_send(response, std::string(route.methods), "Authorization, Content-Type");
  return response;
}

std::optional<http::HttpResponse> Server::refuse_page(std::string_view origin, std::string_view host,
                                                      std::string_view fetch_site, const net::Peer& peer) {
  if (origins_.allow(origin, host, fetch_site)) return std::nullopt;
  std::string sentence = http::refusal_of(origin);
  // The page cannot read it, so whoever runs the host may be the only one to see it.
  const auto times = front_->clients().refuse(peer.source, "allow-origin", std::chrono::steady_clock::now());
  if (times > 0)
    log::line(log::Level::warn, "origin-refused",
              {{"address", peer.address}, {"detail", sentence}, {"times", times}});
  return http::text_response(403, plain_text, std::move(sentence) + '\n');
}

void Server::socket_io_request(const Call& call) {
  const bool preflight = std::string_view(call.info->request_method) == "OPTIONS";
  const std::string origin(http::header(call.connection, "Origin"));
  if (auto refused = refuse_page(origin, http::header(call.connection, "Host"),
                                 http::header(call.connection, "Sec-Fetch-Site"), call.exchange->peer()))
    return call.respond(*std::move(refused));
  if (preflight) {
    http::HttpResponse response = http::text_response(204, plain_text, "");
    http::let_page_read(response, origin);
    http::let_page_send(response, "GET, POST",
                        http::header(call.connection, "Access-Control-Request-Headers"));
    return call.respond(std::move(response));
  }
  const auto length = call.info->content_length < 0
                          ? std::nullopt
                          : std::optional(static_cast<std::uint64_t>(call.info->content_length));
  call.exchange->answer_later();  // a poll, until there is something; without a thread
  socket_io_.request(
      {.method = call.info->request_method, .query = http::query_of(call.info), .content_length = length},
      http::body_of(call.connection), {.address = call.exchange->peer().address, .token = call.token()},
      [exchange = call.exchange, origin](engine_io::output::Answer& answer) {
        http::HttpResponse response =
            http::text_response(answer.status, answer.content_type, std::move(answer.body));
        http::let_page_read(response, origin);
        return exchange->answer(http::make_answer(std::move(response), false, exchange->keep_alive()));
      });
}

std::optional<http::HttpResponse> Server::refusal_of_socket(const Call& call, const DialectAt& at) {
  const auto refuse = [](int status, std::string sentence) {
    return http::text_response(status, plain_text, std::move(sentence));
  };
  if (std::string_view(call.info->request_method) != "GET")  // RFC 6455 section 4.1
    return refuse(405, "A WebSocket is asked for by GET.\n");
  if (call.exchange->peer().listener == manager_listener_)
    return refuse(404, "There is no WebSocket at this address.\n");
  if (is_socket_io(http::Door::web_socket, call.info->local_uri_raw)) {
    if (auto refusal = socket_io_.refusal_of_socket(http::query_of(call.info)))
      return refuse(refusal->status, std::move(refusal->body));
  } else if (at.codec == nullptr) {
    return refuse(404, "There is no WebSocket at this address. Parley's own is at /ws.\n");
  }
  if (at.codec != nullptr && !at.codec->subprotocol.empty()) {
    auto offered = http::header(call.connection, "Sec-WebSocket-Protocol");
    bool found = false;
    while (!offered.empty() && !found) found = take_item(offered, ',') == at.codec->subprotocol;
    if (!found)
      return refuse(400, "Offer the subprotocol " + std::string(at.codec->subprotocol) +
                             " (Sec-WebSocket-Protocol).\n");
  }
  if (auto refused =
          refuse_page(http::header(call.connection, "Origin"), http::header(call.connection, "Host"),
                      http::header(call.connection, "Sec-Fetch-Site"), call.exchange->peer()))
    return refused;
  if (sockets_.full()) {
    front_->clients().refuse_and_log(call.exchange->peer().source, "max-connections",
                                     std::chrono::steady_clock::now());
    return refuse(503, "This host has no room for another connection. Try again later.\n");
  }
  return std::nullopt;
}

bool Server::web_socket(mg_connection* connection) {
  auto exchange = exchange_of(connection);
  if (!exchange) return false;
  const Call call(connection, std::move(exchange), *this);
  DialectAt at = dialect_at(call.info->local_uri_raw, http::query_of(call.info));
  if (auto refusal = refusal_of_socket(call, at)) {
    call.exchange->answer(http::make_answer(*std::move(refusal), false, {}));
    return false;
  }
  if (http::header(connection, "Sec-WebSocket-Protocol").empty()) answer_subprotocol(connection, nullptr);
  if (at.codec != nullptr && !at.codec->subprotocol.empty())
    answer_subprotocol(connection, at.codec->subprotocol.data());  // a literal
  Sockets::Ticket ticket(sockets_);
  if (is_socket_io(http::Door::web_socket, call.info->local_uri_raw)) {
    call.exchange->upgrade(socket_io_.socket(
        std::string(http::query_of(call.info)),
        {.address = call.exchange->peer().address, .token = call.token()}, std::move(ticket)));
  } else {
    auto outbox = std::make_shared<net::Outbox>(*at.codec, outbox_limits_, exchange_.unsent_bytes());
    call.exchange->upgrade(std::make_unique<Connection>(exchange_, std::move(at), std::move(outbox),
                                                        call.exchange->peer().address, call.token(),
                                                        std::move(ticket)));
  }
  return true;
}

}  // namespace parley::server

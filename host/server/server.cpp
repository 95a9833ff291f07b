#include "server/server.hpp"

#include <civetweb.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "server/civetweb_request.hpp"
#include "server/connection.hpp"
#include "server/header_list.hpp"
#include "server/log_options.hpp"
#include "server/origins.hpp"
#include "server/rest.hpp"
#include "server/version.hpp"
#include "server/worker_socket.hpp"

namespace parley::server {
namespace {

using namespace civetweb_request;

constexpr CloseReason going_away{.code = close_code::going_away,
                                 .text = "the host is going away: come back in a moment"};
constexpr CloseReason no_room{.code = close_code::try_again_later,
                              .text = "the host has no room for another connection"};

// A request's headers must arrive within this time, and its answer be taken: a slow one holds a worker.
constexpr const char* request_timeout_ms = "10000";
// A page's files come one after the other; a person's next click is not worth a worker.
constexpr const char* keep_alive_timeout_ms = "2000";

Server& self(void* data) {
  return *static_cast<Server*>(data);
}

SocketHandler& connection_of(const mg_connection* civetweb) {
  return *static_cast<SocketHandler*>(mg_get_user_connection_data(civetweb));
}

bool is_socket_io(const mg_request_info* info) {
  const std::string_view path = info->local_uri_raw;
  return path == "/socket.io/" || path == "/socket.io";
}

DialectAt dialect_for(const mg_request_info* info) {
  return dialect_at(info->local_uri_raw, query_of(info));
}

/// Has the handshake answer with this subprotocol, or with none where it is null. Civetweb would name the
/// last one that is offered and, where none is, the one that this worker's last WebSocket agreed on: clients
/// must then end the connection (RFC 6455 section 4.1).
void answer_subprotocol(const mg_connection* connection, const char* subprotocol) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  const_cast<mg_request_info*>(mg_get_request_info(connection))->acceptedWebSocketSubprotocol = subprotocol;
}

bool is_clients_fault(std::uint16_t code) {
  constexpr std::array faults{close_code::protocol_error, close_code::not_text, close_code::not_utf8,
                              close_code::policy, close_code::too_big};
  return std::ranges::find(faults, code) != faults.end();
}

/// The media gateway that is to be run, if one is.
std::unique_ptr<HlsGateway> gateway_of(const Options& options, const std::optional<HlsFolder>& folder) {
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
  return std::make_unique<HlsGateway>(
      HlsGateway::Setting{.program = options.hls->program,
                          .arguments = std::move(arguments),
                          .workers = options.hls->workers,
                          .memory_bytes = std::uint64_t{options.hls->worker_mb} << 20U,
                          .left = folder->sim_numbers()});
}

/// One descriptor a thread, and what the process needs besides.
bool may_open(std::size_t descriptors) {
  constexpr std::size_t besides = 64;
  const rlim_t needed = descriptors + besides;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return true;
  if (limit.rlim_cur >= needed) return true;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  return limit.rlim_cur == needed && ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

}  // namespace

std::variant<std::unique_ptr<Server>, std::string> Server::start(const Options& options) {
  for (const Address& address : options.listen)
    if (const auto reason = why_unavailable(address))
      return "Cannot listen on " + to_string(address) + ": " + *reason +
             ". Choose another address with --listen.";
  const std::size_t threads = options.max_connections + options.http_workers;
  if (!may_open(threads))
    return "The system lets this program open too few files for " + std::to_string(threads) +
           " connections: raise its limit (ulimit -n), or lower --max-connections.";
  constexpr unsigned needed = MG_FEATURES_WEBSOCKET;
  if ((mg_init_library(needed) & needed) != needed)
    return "This machine's libcivetweb was built without WebSockets: install Debian's libcivetweb1.";

  std::optional<HlsFolder> hls_folder;
  if (options.hls) {
    auto made = HlsFolder::make(options.hls->folder);
    if (auto* wrong = std::get_if<std::string>(&made)) return std::move(*wrong);
    hls_folder.emplace(std::get<HlsFolder>(std::move(made)));
  }
  std::unique_ptr<Server> server(new Server(options, std::move(hls_folder)));
  if (std::string wrong = server->start_civetweb(options); !wrong.empty()) return wrong;
  if (server->hls_gateway_) server->hls_gateway_->start(server->exchange_);
  return server;
}

Server::Server(const Options& options, std::optional<HlsFolder> hls_folder)
    : max_connections_(options.max_connections),
      max_refusals_(options.http_workers / 2),
      max_message_bytes_(options.hub.limits.message_bytes),
      silence_(2 * options.hub.limits.heartbeat),
      outbox_limits_(options.outbox),
      allowed_origins_(options.allow_origin),
      stop_event_(::eventfd(0, EFD_CLOEXEC)),
      hls_folder_(std::move(hls_folder)),
      hls_gateway_(gateway_of(options, hls_folder_)),
      exchange_(options.hub,
                [this](hub::StreamChange change) {
                  if (hls_gateway_) hls_gateway_->change(std::move(change));
                }),
      socket_io_(exchange_, writer_, options.outbox, options.hub.limits, options.max_connections),
      whip_(exchange_, options.hub,
            {.sessions = options.max_connections,
             .waiting = std::max<std::size_t>(options.http_workers / 2, 1),
             .sdp_bytes = options.hub.limits.message_bytes},
            options.allow_origin),
      hls_files_(hls_folder_ ? std::optional(hls_folder_->path()) : std::nullopt),
      site_(options.web, [this] { return health(); }) {
  if (!stop_event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Server::~Server() {
  stop();
  mg_exit_library();
}

mg_callbacks Server::civetweb_callbacks() {
  mg_callbacks callbacks{};
  callbacks.init_thread = [](const mg_context* context, int) -> void* {
    worker_socket::adopt_thread(self(mg_get_user_data(context)).stop_event_.get());
    return nullptr;
  };
  callbacks.init_connection = [](const mg_connection*, void**) {
    worker_socket::begin();
    return 0;
  };
  // Civetweb's own errors have no status line where a WebSocket was asked for.
  callbacks.http_error = [](mg_connection* connection, int status, const char* message) {
    auto response = text_response(status, "text/plain; charset=utf-8", std::string(message) + ".\n");
    if (status == 426)
      response.headers.emplace_back("Sec-WebSocket-Version", "13");  // RFC 6455 section 4.2.2
    send(connection, response, false, false);
    return 0;
  };
  callbacks.log_message = [](const mg_connection*, const char* message) {
    log::line(log::Level::debug, "civetweb", {{"message", message}});
    return 1;
  };
  return callbacks;
}

std::string Server::start_civetweb(const Options& options) {
  std::string ports;
  for (const Address& address : options.listen)
    ports.append(ports.empty() ? "" : ",").append(to_string(address));
  const std::string threads = std::to_string(options.max_connections + options.http_workers);
  // clang-format off
  std::array settings{
      "listening_ports", ports.c_str(),
      "num_threads", threads.c_str(),
      "listen_backlog", "4096",  // the system cuts it to its somaxconn
      "connection_queue", "256",
      "tcp_nodelay", "1",  // a relayed message waits for nothing
      "enable_keep_alive", "yes",
      "keep_alive_timeout_ms", keep_alive_timeout_ms,
      "request_timeout_ms", request_timeout_ms,
      "enable_websocket_ping_pong", "no",  // control frames are ours to answer
      "access_control_allow_methods", "",  // CORS preflights are, too
      "decode_url", "no",  // Site does, and sees what was meant
      static_cast<const char*>(nullptr)};
  // clang-format on

  const mg_callbacks callbacks = civetweb_callbacks();
  std::array<char, 256> error{};
  mg_init_data init{.callbacks = &callbacks, .user_data = this, .configuration_options = settings.data()};
  mg_error_data failure{.code = nullptr, .text = error.data(), .text_buffer_size = error.size()};
  civetweb_ = mg_start2(&init, &failure);
  if (civetweb_ == nullptr)
    return "The web server does not start: " + std::string(error.data()) +
           ". Are there enough threads and memory for --max-connections?";

  register_handlers();

  std::vector<mg_server_port> open_ports(options.listen.size());
  mg_get_server_ports(civetweb_, static_cast<int>(open_ports.size()), open_ports.data());
  addresses_ = options.listen;
  for (std::size_t i = 0; i < addresses_.size(); ++i)
    addresses_[i].port = static_cast<std::uint16_t>(open_ports[i].port);
  return {};
}

void Server::register_handlers() {
  mg_set_request_handler(
      civetweb_, "**",
      [](mg_connection* connection, void* data) { return self(data).http_request(connection); }, this);
  mg_set_websocket_handler(
      civetweb_, "**",
      [](const mg_connection* connection, void* data) { return self(data).websocket_requested(connection); },
      [](mg_connection* connection, void* data) { self(data).websocket_opened(connection); },
      [](mg_connection* connection, int first_byte, char* payload, size_t size, void*) {
        const auto byte = static_cast<unsigned>(first_byte);
        return connection_of(connection)
                       .frame(static_cast<Opcode>(byte & 0x0FU), (byte & 0x80U) != 0, {payload, size})
                   ? 1
                   : 0;
      },
      [](const mg_connection* connection, void* data) { self(data).websocket_closed(connection); }, this);
}

void Server::stop() {
  if (civetweb_ == nullptr) return;
  stopping_ = true;
  socket_io_.stop();
  exchange_.close_all(going_away);
  if (hls_gateway_) hls_gateway_->begin_to_stop();
  {
    std::unique_lock lock(gone_mutex_);
    gone_.wait_for(lock, close_patience + std::chrono::milliseconds(200), [this] { return open_ == 0; });
  }
  ::eventfd_write(stop_event_.get(), 1);
  mg_stop(std::exchange(civetweb_, nullptr));
  if (hls_gateway_) hls_gateway_->stop();
}

std::string_view Server::hls_state() const {
  if (!hls_gateway_) return "off";
  return hls_gateway_->running_workers() > 0 ? "running" : "starting";
}

std::string Server::health() const {
  const auto totals = exchange_.ask([](const hub::Hub& hub) { return hub.totals(); });
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_);
  return std::string(R"({"status":")") + (stopping_ ? "stopping" : "ok") + R"(","version":")" + version +
         R"(","uptime":)" + std::to_string(uptime.count()) + R"(,"rooms":)" + std::to_string(totals.rooms) +
         R"(,"members":)" + std::to_string(totals.members) + R"(,"connections":)" +
         std::to_string(totals.connections) + R"(,"hls":")" + std::string(hls_state()) +
         R"(","hlsWorkers":)" + std::to_string(hls_gateway_ ? hls_gateway_->running_workers() : 0) +
         R"(,"streams":)" + std::to_string(hls_gateway_ ? hls_gateway_->streams() : 0) + "}\n";
}

int Server::http_request(mg_connection* connection) {
  const mg_request_info* info = mg_get_request_info(connection);
  if (is_socket_io(info)) return socket_io_request(connection);
  const std::string body = body_of(connection);
  const HttpRequest request = request_of(connection, body);
  const HttpResponse response = answer(request);
  send(connection, response, request.method == "HEAD", wants_keep_alive(connection));
  return response.status;
}

HttpResponse Server::answer(const HttpRequest& request) {
  // What begins now would keep one of the threads for as long as it may wait.
  if (stopping_ && request.method == "POST")
    return text_response(503, "text/plain; charset=utf-8", "This host is shutting down. Try again later.\n");
  if (auto rest = answer_rest(request, exchange_)) return *std::move(rest);
  if (auto publishing = whip_.answer(request)) return *std::move(publishing);
  if (auto media = hls_files_.answer(request)) return *std::move(media);
  return site_.answer(request);
}

int Server::socket_io_request(mg_connection* connection) {
  const mg_request_info* info = mg_get_request_info(connection);
  const bool preflight = std::string_view(info->request_method) == "OPTIONS";
  const auto origin = header(connection, "Origin");
  const bool allowed = allows_origin(allowed_origins_, origin);
  const auto respond = [&](int status, std::string_view type, std::string body) {
    HttpResponse response = text_response(status, type, std::move(body));
    if (allowed) let_page_read(response, origin);
    if (preflight) let_page_send(response, "GET, POST", header(connection, "Access-Control-Request-Headers"));
    // Asked before: a client that has read the answer may end the connection at once.
    const bool gone = worker_socket::has_ended();
    return send(connection, response, false, wants_keep_alive(connection)) && !gone;
  };
  if (preflight) {
    respond(204, "text/plain; charset=utf-8", "");
    return 204;
  }
  if (!allowed) {
    respond(403, "text/plain; charset=utf-8",
            "This host takes no connection from pages of " + std::string(origin) + " (--allow-origin).\n");
    return 403;
  }
  const bool chunked = is_chunked(connection);
  const std::string body =
      chunked ? chunked_body_of(connection, max_message_bytes_ + 1) : body_of(connection);
  const auto announced = info->content_length < 0
                             ? std::nullopt
                             : std::optional(static_cast<std::uint64_t>(info->content_length));
  const auto length = chunked ? std::optional<std::uint64_t>(body.size()) : announced;
  return socket_io_.answer(
      {.method = info->request_method, .query = query_of(info), .content_length = length}, body,
      [&](engine_io::output::Answer& answer) {
        return respond(answer.status, answer.content_type, std::move(answer.body));
      });
}

int Server::websocket_requested(const mg_connection* connection) {
  const auto refuse = [connection](int status, std::string sentence) {
    // Civetweb hands out a const connection here, where it does allow an answer before the handshake.
    auto* writable = const_cast<mg_connection*>(connection);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    send(writable, text_response(status, "text/plain; charset=utf-8", std::move(sentence)), false, false);
    return 1;
  };
  const mg_request_info* info = mg_get_request_info(connection);
  if (header(connection, "Sec-WebSocket-Protocol").empty()) answer_subprotocol(connection, nullptr);
  const DialectEntry* dialect = dialect_for(info).entry;
  if (is_socket_io(info)) {
    if (auto refusal = socket_io_.refusal_of_socket(query_of(info)))
      return refuse(refusal->status, std::move(refusal->body));
  } else if (dialect == nullptr) {
    return refuse(404, "There is no WebSocket at this address. Parley's own is at /ws.\n");
  }
  if (dialect != nullptr && !dialect->subprotocol.empty()) {
    auto offered = header(connection, "Sec-WebSocket-Protocol");
    bool found = false;
    while (!offered.empty() && !found) found = take_item(offered, ',') == dialect->subprotocol;
    if (!found)
      return refuse(
          400, "Offer the subprotocol " + std::string(dialect->subprotocol) + " (Sec-WebSocket-Protocol).\n");
    answer_subprotocol(connection, dialect->subprotocol.data());  // a literal
  }
  const auto origin = header(connection, "Origin");
  if (!allows_origin(allowed_origins_, origin))
    return refuse(
        403, "This host takes no WebSocket from pages of " + std::string(origin) + " (--allow-origin).\n");
  // Past the limit a few are accepted and closed with 1013, which a page can read; more than those get a 503.
  if (stopping_ || open_ >= max_connections_ + max_refusals_)
    return refuse(503, "This host has no room for another connection. Try again later.\n");
  if (worker_socket::descriptor() < 0)
    return refuse(500, "This host was built against a libcivetweb that does not call recv() by name.\n");
  return 0;
}

std::unique_ptr<SocketHandler> Server::plain_socket(DialectAt at, std::string client) {
  const DialectEntry& dialect = *at.entry;
  return std::make_unique<Connection>(
      exchange_, std::move(at), std::move(client), max_message_bytes_,
      std::make_shared<Outbox>(worker_socket::descriptor(), dialect, outbox_limits_, writer_));
}

bool Server::admit() {
  if (++admitted_ <= max_connections_) return true;
  --admitted_;
  return false;
}

void Server::websocket_opened(mg_connection* civetweb) {
  ++open_;
  const bool admitted = admit();
  const mg_request_info* info = mg_get_request_info(civetweb);
  auto connection = is_socket_io(info)
                        ? socket_io_.socket(std::string(query_of(info)), worker_socket::descriptor())
                        : plain_socket(dialect_for(info), std::string(client_address(civetweb)));
  worker_socket::upgrade(connection->guard(), silence_);
  if (admitted) {
    connection->open();
    // stop() may have been closing all while this one was on its way in.
    if (stopping_) connection->close(going_away);
  } else {
    connection->close(no_room);
  }
  mg_set_user_connection_data(civetweb, connection.release());
}

void Server::websocket_closed(const mg_connection* civetweb) {
  const std::unique_ptr<SocketHandler> connection(&connection_of(civetweb));
  mg_set_user_connection_data(civetweb, nullptr);
  connection->finish();
  worker_socket::end();
  if (connection->id() != 0) --admitted_;
  const CloseReason reason = connection->close_reason();
  log::line(is_clients_fault(reason.code) ? log::Level::warn : log::Level::debug, "disconnect",
            {{"connection", connection->id()}, {"code", reason.code}, {"detail", reason.text}});
  const std::lock_guard lock(gone_mutex_);
  if (--open_ == 0) gone_.notify_all();
}

}  // namespace parley::server

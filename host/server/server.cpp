#include "server/server.hpp"

#include <civetweb.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "server/civetweb_context.hpp"
#include "server/civetweb_request.hpp"
#include "server/connection.hpp"
#include "server/header_list.hpp"
#include "server/log_options.hpp"
#include "server/memory_reserve.hpp"
#include "server/origins.hpp"
#include "server/rest.hpp"
#include "server/version.hpp"
#include "server/worker_socket.hpp"

namespace parley::server {
namespace {

using namespace civetweb_request;

constexpr CloseReason going_away{.code = close_code::going_away,
                                 .text = "the host is going away: come back in a moment"};
constexpr CloseReason no_memory{.code = close_code::try_again_later,
                                .text = "the host has no memory for this message"};
constexpr CloseReason no_room{.code = close_code::try_again_later,
                              .text = "the host has no room for another connection"};

// A request's headers must arrive within this time, and its answer be taken: a slow one holds a worker.
constexpr const char* request_timeout_ms = "10000";
// A page's files come one after the other; a person's next click is not worth a worker.
constexpr const char* keep_alive_timeout_ms = "2000";

Server& self(void* data) {
  return *static_cast<Server*>(data);
}

/// Null where there was no memory for it.
SocketHandler* connection_of(const mg_connection* civetweb) {
  return static_cast<SocketHandler*>(mg_get_user_connection_data(civetweb));
}

/// Says whether to go on reading. A frame for which there is no memory ends its connection.
bool websocket_frame(mg_connection* civetweb, unsigned first_byte, std::string_view payload) {
  SocketHandler* const connection = connection_of(civetweb);
  if (connection == nullptr) return false;
  bool more = false;
  const auto opcode = static_cast<Opcode>(first_byte & 0x0FU);
  const bool survived =
      memory_reserve::survives([&] { more = connection->frame(opcode, (first_byte & 0x80U) != 0, payload); });
  if (survived && !memory_reserve::was_needed()) return more;
  return memory_reserve::survives([&] { connection->close(no_memory); }) && more;
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
  return std::make_unique<HlsGateway>(options.hls->program, std::move(arguments));
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
  if (options.manager) {
    auto manager = ManagerListener::start(*options.manager, server->exchange_, server->stop_event_.get());
    if (auto* wrong = std::get_if<std::string>(&manager)) return std::move(*wrong);
    server->manager_ = std::get<std::unique_ptr<ManagerListener>>(std::move(manager));
  }
  if (server->hls_gateway_) server->hls_gateway_->start(server->exchange_);
  return server;
}

Server::Server(const Options& options, std::optional<HlsFolder> hls_folder)
    : max_connections_(options.max_connections),
      max_refusals_(options.http_workers / 2),
      frame_limits_(options.frames),
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
      socket_io_(exchange_, writer_, options.outbox, options.frames, options.hub.limits,
                 options.max_connections),
      whip_(exchange_, options.hub,
            {.sessions = options.max_connections,
             .waiting = std::max<std::size_t>(options.http_workers / 2, 1),
             .sdp_bytes = options.hub.limits.message_bytes},
            options.allow_origin),
      hls_files_(hls_folder_ ? std::optional(hls_folder_->path()) : std::nullopt),
      site_(options.web, [this] { return health(); }),
      exchange_timer_(exchange_, options.hub.limits.heartbeat) {
  if (!stop_event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Server::~Server() {
  stop();
  mg_exit_library();
}

std::string Server::start_civetweb(const Options& options) {
  const std::string ports = civetweb_context::ports_of(options.listen);
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

  const auto callbacks = civetweb_context::callbacks([](const mg_context* context, int) -> void* {
    worker_socket::adopt_thread(self(mg_get_user_data(context)).stop_event_.get());
    return nullptr;
  });
  const auto started = civetweb_context::start(callbacks, this, settings);
  if (const auto* wrong = std::get_if<std::string>(&started))
    return "The web server does not start: " + *wrong +
           ". Are there enough threads and memory for --max-connections?";
  civetweb_ = std::get<mg_context*>(started);
  register_handlers();
  addresses_ = options.listen;
  civetweb_context::fill_in_ports(civetweb_, addresses_);
  return {};
}

void Server::register_handlers() {
  mg_set_request_handler(
      civetweb_, "**",
      [](mg_connection* connection, void* data) {
        return answer_or_503(connection, [&] { return self(data).http_request(connection); });
      },
      this);
  mg_set_websocket_handler(
      civetweb_, "**",
      [](const mg_connection* connection, void* data) {
        // Civetweb hands out a const connection here, where it does allow an answer before the handshake.
        auto* writable =
            const_cast<mg_connection*>(connection);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
        return answer_or_503(writable, [&] { return self(data).websocket_requested(writable); });
      },
      [](mg_connection* connection, void* data) {
        if (!memory_reserve::survives([&] { self(data).websocket_opened(connection); }))
          worker_socket::stop_reading();
      },
      [](mg_connection* connection, int first_byte, char* payload, size_t size, void*) {
        return websocket_frame(connection, static_cast<unsigned>(first_byte), {payload, size}) ? 1 : 0;
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
  manager_.reset();
  mg_stop(std::exchange(civetweb_, nullptr));
  if (hls_gateway_) hls_gateway_->stop();
}

std::string_view Server::hls_state() const {
  if (!hls_gateway_) return "off";
  return hls_gateway_->state() == HlsGateway::State::running ? "running" : "starting";
}

std::string Server::health() const {
  const auto totals = exchange_.ask([](const hub::Hub& hub) { return hub.totals(); });
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_);
  return std::string(R"({"status":")") + (stopping_ ? "stopping" : "ok") + R"(","version":")" + version +
         R"(","uptime":)" + std::to_string(uptime.count()) + R"(,"rooms":)" + std::to_string(totals.rooms) +
         R"(,"members":)" + std::to_string(totals.members) + R"(,"connections":)" +
         std::to_string(totals.connections) + R"(,"hls":")" + std::string(hls_state()) + R"(","streams":)" +
         std::to_string(hls_gateway_ ? hls_gateway_->streams() : 0) + "}\n";
}

int Server::http_request(mg_connection* connection) {
  const mg_request_info* info = mg_get_request_info(connection);
  if (is_socket_io(info)) return socket_io_request(connection);
  // What nobody here would look at is not waited for.
  const std::string body = Whip::is_at(info->local_uri_raw) ? body_of(connection) : std::string();
  const HttpRequest request = request_of(connection, body);
  const HttpResponse response = answer(request);
  const bool unread = has_unread_body(connection, body.size());
  send(connection, response, request.method == "HEAD", !unread && wants_keep_alive(connection));
  if (unread) worker_socket::stop_reading();
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
  const bool chunked = is_chunked(connection);
  std::string body;
  bool chunks_read = false;
  const auto respond = [&](int status, std::string_view type, std::string text) {
    HttpResponse response = text_response(status, type, std::move(text));
    if (allowed) let_page_read(response, origin);
    if (preflight) let_page_send(response, "GET, POST", header(connection, "Access-Control-Request-Headers"));
    // Asked before: a client that has read the answer may end the connection at once.
    const bool gone = worker_socket::has_ended();
    const bool unread = chunked ? !chunks_read : has_unread_body(connection, body.size());
    const bool sent = send(connection, response, false, !unread && wants_keep_alive(connection));
    if (unread) worker_socket::stop_reading();
    return sent && !gone;
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
  const std::size_t most = frame_limits_.message_bytes;
  body = chunked ? chunked_body_of(connection, most + 1) : body_of(connection);
  chunks_read = body.size() <= most;
  const auto announced = info->content_length < 0
                             ? std::nullopt
                             : std::optional(static_cast<std::uint64_t>(info->content_length));
  const auto length = chunked ? std::optional<std::uint64_t>(body.size()) : announced;
  return socket_io_.answer(
      {.method = info->request_method, .query = query_of(info), .content_length = length}, body,
      client_address(connection), [&](engine_io::output::Answer& answer) {
        return respond(answer.status, answer.content_type, std::move(answer.body));
      });
}

int Server::websocket_requested(mg_connection* connection) {
  const auto refuse = [connection](int status, std::string sentence) {
    send(connection, text_response(status, "text/plain; charset=utf-8", std::move(sentence)), false, false);
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
      exchange_, std::move(at), std::move(client), frame_limits_,
      std::make_shared<Outbox>(worker_socket::descriptor(), dialect, outbox_limits_, writer_,
                               exchange_.unsent_bytes()));
}

bool Server::admit() {
  if (++admitted_ <= max_connections_) return true;
  --admitted_;
  return false;
}

void Server::websocket_opened(mg_connection* civetweb) {
  const mg_request_info* info = mg_get_request_info(civetweb);
  auto made = is_socket_io(info) ? socket_io_.socket(std::string(query_of(info)), worker_socket::descriptor(),
                                                     std::string(client_address(civetweb)))
                                 : plain_socket(dialect_for(info), std::string(client_address(civetweb)));
  // From here on websocket_closed() ends it, whatever comes.
  SocketHandler& connection = *made.release();
  mg_set_user_connection_data(civetweb, &connection);
  ++open_;
  worker_socket::upgrade(connection.guard(), silence_);
  if (!admit()) return connection.close(no_room);
  const bool opened = memory_reserve::survives([&] { connection.open(); });
  if (connection.id() == 0) --admitted_;
  // stop() may have been closing all while this one was on its way in.
  if (stopping_) connection.close(going_away);
  if (!opened || memory_reserve::was_needed()) connection.close(no_memory);
}

void Server::websocket_closed(const mg_connection* civetweb) {
  const std::unique_ptr<SocketHandler> connection(connection_of(civetweb));
  if (connection == nullptr) return;
  mg_set_user_connection_data(civetweb, nullptr);
  connection->finish();
  worker_socket::end();
  if (connection->id() != 0) --admitted_;
  const CloseReason reason = connection->close_reason();
  memory_reserve::survives([&] {
    log::line(is_clients_fault(reason.code) ? log::Level::warn : log::Level::debug, "disconnect",
              {{"connection", connection->id()},
               {"address", client_address(civetweb)},
               {"code", reason.code},
               {"detail", reason.text}});
  });
  const std::lock_guard lock(gone_mutex_);
  if (--open_ == 0) gone_.notify_all();
}

}  // namespace parley::server

#include "http/civetweb.hpp"

#include <arpa/inet.h>
#include <civetweb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "base/descriptor.hpp"
#include "base/log.hpp"
#include "base/memory_reserve.hpp"

namespace parley::http {
namespace {

// The front sends whole requests and takes every answer: this is for one that has been stopped.
constexpr const char* request_timeout_ms = "10000";

Civetweb::Handlers& handlers_of(void* data) {
  return *static_cast<Civetweb::Handlers*>(data);
}

/// Whoever waits for an answer gets one, also where there was no memory for it.
template <class Act>
void perform(void* handlers, mg_connection* connection, Act&& act) {
  if (memory_reserve::survives(std::forward<Act>(act))) return;
  memory_reserve::survives(
      [&] { handlers_of(handlers).error(connection, 503, "This host is out of memory. Try again later"); });
}

/// Its thread, which waits for new connections, looks up every 2 s only to see whether it is to stop. A
/// connection wakes it.
void nudge(std::uint16_t port, const std::stop_token& done) {
  constexpr std::chrono::milliseconds pause{10};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  while (!done.stop_requested()) {
    const Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    static_cast<void>(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace

Result<std::unique_ptr<Civetweb>, std::string> Civetweb::start(std::size_t threads, Handlers handlers) {
  constexpr unsigned needed = MG_FEATURES_WEBSOCKET;
  if ((mg_init_library(needed) & needed) != needed)
    return Failure("This machine's libcivetweb was built without WebSockets: install Debian's libcivetweb1.");
  std::unique_ptr<Civetweb> civetweb(new Civetweb(std::move(handlers)));

  const std::string count = std::to_string(threads);
  // clang-format off
  std::array settings{
      "listening_ports", "127.0.0.1:0",
      "num_threads", count.c_str(),
      "listen_backlog", "1024",
      "connection_queue", "1024",
      "tcp_nodelay", "1",
      "enable_keep_alive", "no",  // a connection a request
      "request_timeout_ms", request_timeout_ms,
      "enable_websocket_ping_pong", "no",
      "access_control_allow_methods", "",  // CORS preflights are ours to answer
      "decode_url", "no",  // Site does, and sees what was meant
      static_cast<const char*>(nullptr)};
  // clang-format on

  mg_callbacks callbacks{};
  callbacks.http_error = [](mg_connection* connection, int status, const char* message) {
    memory_reserve::survives([&] {
      handlers_of(mg_get_user_data(mg_get_context(connection))).error(connection, status, message);
    });
    return 0;
  };
  callbacks.log_message = [](const mg_connection*, const char* message) {
    memory_reserve::survives([&] { log::line(log::Level::debug, "civetweb", {{"message", message}}); });
    return 1;
  };
  std::array<char, 256> error{};
  mg_init_data init{
      .callbacks = &callbacks, .user_data = &civetweb->handlers_, .configuration_options = settings.data()};
  mg_error_data failure{.code = nullptr, .text = error.data(), .text_buffer_size = error.size()};
  civetweb->context_ = mg_start2(&init, &failure);
  if (civetweb->context_ == nullptr)
    return Failure("The web server does not start: " + std::string(error.data()) +
                   ". Are there enough threads and memory for --http-workers?");
  std::array<mg_server_port, 1> open{};
  mg_get_server_ports(civetweb->context_, static_cast<int>(open.size()), open.data());
  civetweb->port_ = static_cast<std::uint16_t>(open.front().port);
  civetweb->register_handlers();
  return civetweb;
}

void Civetweb::register_handlers() {
  mg_set_request_handler(
      context_, "**",
      [](mg_connection* connection, void* handlers) {
        perform(handlers, connection, [&] { handlers_of(handlers).request(connection); });
        return 1;  // handled: what there is to send, the front sends
      },
      &handlers_);
  mg_set_websocket_handler(
      context_, "**",
      [](const mg_connection* connection, void* handlers) {
        // Civetweb hands out a const connection here, where it does allow an answer before the handshake.
        auto* writable =
            const_cast<mg_connection*>(connection);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
        bool opens = false;
        perform(handlers, writable, [&] { opens = handlers_of(handlers).web_socket(writable); });
        return opens ? 0 : 1;
      },
      nullptr, nullptr, nullptr, &handlers_);
}

Civetweb::~Civetweb() {
  if (context_ != nullptr) {
    const std::jthread waking([this](const std::stop_token& done) { nudge(port_, done); });
    mg_stop(context_);
  }
  mg_exit_library();
}

}  // namespace parley::http

#include "server/civetweb_context.hpp"

#include <array>

#include "server/civetweb_request.hpp"
#include "server/log.hpp"
#include "server/memory_reserve.hpp"
#include "server/worker_socket.hpp"

namespace parley::server::civetweb_context {

mg_callbacks callbacks(void* (*init_thread)(const mg_context*, int)) {
  mg_callbacks callbacks{};
  callbacks.init_thread = init_thread;
  callbacks.init_connection = [](const mg_connection*, void**) {
    worker_socket::begin();
    return 0;
  };
  // Civetweb's own errors have no status line where a WebSocket was asked for.
  callbacks.http_error = [](mg_connection* connection, int status, const char* message) {
    memory_reserve::survives([&] {
      auto response = text_response(status, "text/plain; charset=utf-8", std::string(message) + ".\n");
      if (status == 426)
        response.headers.emplace_back("Sec-WebSocket-Version", "13");  // RFC 6455 section 4.2.2
      civetweb_request::send(connection, response, false, false);
    });
    return 0;
  };
  callbacks.log_message = [](const mg_connection*, const char* message) {
    memory_reserve::survives([&] { log::line(log::Level::debug, "civetweb", {{"message", message}}); });
    return 1;
  };
  return callbacks;
}

std::variant<mg_context*, std::string> start(const mg_callbacks& callbacks, void* user_data,
                                             std::span<const char*> settings) {
  std::array<char, 256> error{};
  mg_init_data init{
      .callbacks = &callbacks, .user_data = user_data, .configuration_options = settings.data()};
  mg_error_data failure{.code = nullptr, .text = error.data(), .text_buffer_size = error.size()};
  if (mg_context* context = mg_start2(&init, &failure)) return context;
  return std::string(error.data());
}

std::string ports_of(const std::vector<Address>& listen) {
  std::string ports;
  for (const Address& address : listen) ports.append(ports.empty() ? "" : ",").append(to_string(address));
  return ports;
}

void fill_in_ports(const mg_context* context, std::vector<Address>& addresses) {
  std::vector<mg_server_port> open(addresses.size());
  mg_get_server_ports(context, static_cast<int>(open.size()), open.data());
  for (std::size_t i = 0; i < addresses.size(); ++i)
    addresses[i].port = static_cast<std::uint16_t>(open[i].port);
}

}  // namespace parley::server::civetweb_context

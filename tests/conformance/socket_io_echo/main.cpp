// An echo server for the public test suites of Engine.IO and Socket.IO: plain Engine.IO at /engine.io/,
// Socket.IO at /socket.io/.

#include <civetweb.h>
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.hpp"
#include "echo.hpp"
#include "endpoint.hpp"
#include "http/civetweb.hpp"
#include "net/front.hpp"

namespace {

using namespace parley;

struct Options {
  std::uint16_t port = 3000;  // where the suites look for it
  std::int64_t ping_interval_ms = 300;
  std::int64_t ping_timeout_ms = 200;
  std::int64_t connect_timeout_ms = 1'000;
  std::size_t max_payload = 1'000'000;
};

template <class Echo>
echo::Application application_of(Echo& echo) {
  return {.settle = [&](auto& out, auto now) { echo.settle(out, now); },
          .expire = [&](auto now, auto& out) { echo.expire(now, out); },
          .next_timeout = [&] { return echo.next_timeout(); }};
}

int serve(const Options& options) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  engine_io::Config transport{.ping_interval = std::chrono::milliseconds(options.ping_interval_ms),
                              .ping_timeout = std::chrono::milliseconds(options.ping_timeout_ms),
                              .release_delay = std::chrono::milliseconds(50),
                              .make_sid = random_secret};
  transport.limits.payload_bytes = options.max_payload;
  socket_io::Config config{.transport = transport, .namespaces = {"/", "/custom"}};
  config.limits.connect = std::chrono::milliseconds(options.connect_timeout_ms);
  echo::EngineEcho engine(transport);
  echo::SocketEcho socket(config);
  echo::Endpoint engine_endpoint(engine.sessions(), application_of(engine));
  echo::Endpoint socket_endpoint(socket.sessions(), application_of(socket));

  net::FrontSettings settings;
  settings.listeners = {{.address = {.host = "127.0.0.1", .port = options.port}}};
  settings.http.body_bytes = options.max_payload + 1;
  settings.web_sockets.frames.message_bytes = options.max_payload + 1;
  auto listening = net::Front::listen(settings);
  if (!listening) {
    std::cerr << listening.error() << '\n';
    return 1;
  }
  const auto& front = *listening;
  const auto endpoint_at = [&](const mg_request_info* info) -> echo::Endpoint* {
    const std::string_view path = info->local_uri_raw;
    if (path == "/engine.io/") return &engine_endpoint;
    return path == "/socket.io/" ? &socket_endpoint : nullptr;
  };
  const auto exchange_of = [&](const mg_request_info* info) {
    return front->exchange_of(static_cast<std::uint16_t>(info->remote_port));
  };
  auto civetweb = http::Civetweb::start(settings.http_workers,
                                        {.request =
                                             [&](mg_connection* connection) {
                                               const mg_request_info* info = mg_get_request_info(connection);
                                               auto exchange = exchange_of(info);
                                               if (auto* endpoint = endpoint_at(info))
                                                 endpoint->request(connection, std::move(exchange));
                                             },
                                         .web_socket =
                                             [&](mg_connection* connection) {
                                               const mg_request_info* info = mg_get_request_info(connection);
                                               auto* endpoint = endpoint_at(info);
                                               return endpoint != nullptr &&
                                                      endpoint->web_socket(connection, *exchange_of(info));
                                             },
                                         .error = [](mg_connection*, int, const char*) {}});
  if (!civetweb) {
    std::cerr << civetweb.error() << '\n';
    return 1;
  }
  front->start((*civetweb)->port());
  std::cout << "listening on http://" << to_string(front->addresses().front()) << std::endl;

  int signal = 0;
  sigwait(&ending, &signal);
  engine_endpoint.stop();
  socket_endpoint.stop();
  front->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Options options;
    CLI::App app("Echoes what Engine.IO and Socket.IO clients say.");
    app.add_option("--port", options.port, "0 is any free one")->capture_default_str();
    app.add_option("--ping-interval", options.ping_interval_ms, "milliseconds")->capture_default_str();
    app.add_option("--ping-timeout", options.ping_timeout_ms, "milliseconds")->capture_default_str();
    app.add_option("--connect-timeout", options.connect_timeout_ms, "milliseconds")->capture_default_str();
    app.add_option("--max-payload", options.max_payload, "bytes")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    return serve(options);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

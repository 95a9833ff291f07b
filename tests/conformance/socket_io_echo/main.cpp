// An echo server for the public test suites of Engine.IO and Socket.IO: plain Engine.IO at /engine.io/,
// Socket.IO at /socket.io/.

#include <civetweb.h>
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

#include "echo.hpp"
#include "endpoint.hpp"
#include "server/secret.hpp"

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
                              .make_sid = server::random_secret};
  transport.limits.payload_bytes = options.max_payload;
  socket_io::Config config{.transport = transport, .namespaces = {"/", "/custom"}};
  config.limits.connect = std::chrono::milliseconds(options.connect_timeout_ms);
  echo::EngineEcho engine(transport);
  echo::SocketEcho socket(config);
  echo::Endpoint engine_endpoint(engine.sessions(), application_of(engine));
  echo::Endpoint socket_endpoint(socket.sessions(), application_of(socket));

  mg_init_library(MG_FEATURES_WEBSOCKET);
  const std::string listen = "127.0.0.1:" + std::to_string(options.port);
  // A connection is a thread, and keep-alive holds one for a while after its request.
  std::array settings{"listening_ports",
                      listen.c_str(),
                      "num_threads",
                      "128",
                      "tcp_nodelay",
                      "1",
                      "decode_url",
                      "no",
                      "enable_keep_alive",
                      "yes",
                      "keep_alive_timeout_ms",
                      "2000",
                      static_cast<const char*>(nullptr)};
  const mg_callbacks callbacks{};
  mg_context* civetweb = mg_start(&callbacks, nullptr, settings.data());
  if (civetweb == nullptr) {
    std::cerr << "Cannot listen on " << listen << ": choose another --port.\n";
    return 1;
  }
  engine_endpoint.serve_at(civetweb, "/engine.io/");
  socket_endpoint.serve_at(civetweb, "/socket.io/");
  mg_server_port port{};
  mg_get_server_ports(civetweb, 1, &port);
  std::cout << "listening on http://127.0.0.1:" << port.port << std::endl;

  int signal = 0;
  sigwait(&ending, &signal);
  engine_endpoint.stop();
  socket_endpoint.stop();
  mg_stop(civetweb);
  mg_exit_library();
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

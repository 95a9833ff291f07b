#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "base/memory_reserve.hpp"
#include "base/random.hpp"
#include "server/options.hpp"
#include "server/server.hpp"
#include "server/version.hpp"

namespace {

using namespace parley;
using namespace parley::server;
namespace net = parley::net;

/// The signals that end the program, and the one that has it read its certificates again. Blocked before any
/// thread starts, so that all of them leave the signals to the main thread, which waits for them.
sigset_t block_signals() {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGINT);
  sigaddset(&awaited, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  return awaited;
}

int serve(Options& options) {
  options.hub.seed = random_seed();
  options.hub.make_secret = random_secret;
  memory_reserve::fill();
  log::start(options.log_level, options.log_format);
  const sigset_t awaited = block_signals();

  auto started = Server::start(options);
  if (!started) {
    std::cerr << "parley: " << started.error() << '\n';
    return usage_error;
  }
  const auto server = *std::move(started);
  for (const net::Address& address : server->addresses())
    std::cout << "parley " << version << " listening on " << url_of(address) << '\n';
  if (const auto manager = server->manager_address())
    std::cout << "parley " << version << " has its room manager on http://" << to_string(*manager)
              << "/api/v1\n";
  std::cout.flush();

  int signal = 0;
  // Without certificates SIGHUP ends the program, as when its terminal goes.
  while (sigwait(&awaited, &signal) == 0 && signal == SIGHUP && !options.tls.empty())
    server->reload_certificates();
  log::line(log::Level::info, "stop",
            {{"signal", signal == SIGTERM  ? "SIGTERM"
                        : signal == SIGINT ? "SIGINT"
                                           : "SIGHUP"}});
  pthread_sigmask(SIG_UNBLOCK, &awaited, nullptr);  // a second one ends the program at once
  server->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto options = read_options(argc, argv);
    if (!options) return options.error().code;
    return serve(*options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "parley: the system refuses something essential: %s\n", error.what());
    return 1;
  }
}

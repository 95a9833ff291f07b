#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/files.hpp"
#include "base/log.hpp"
#include "base/memory_reserve.hpp"
#include "base/random.hpp"
#include "command/commands.hpp"
#include "lan/certificate_file.hpp"
#include "lan/invitation.hpp"
#include "net/address.hpp"
#include "net/loopback.hpp"
#include "server/options.hpp"
#include "server/server.hpp"
#include "server/turn.hpp"
#include "server/version.hpp"

namespace {

using namespace parley;
using namespace parley::server;
namespace net = parley::net;
namespace hub = parley::hub;
namespace lan = parley::lan;

/// The signals that end the program, and the one that has it read certificates and keys again. Blocked before any
/// thread starts, so that all of them leave the signals to the main thread, which waits for them.
sigset_t block_signals() {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGINT);
  sigaddset(&awaited, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's write(2) has no MSG_NOSIGNAL
  return awaited;
}

/// Makes the certificate for the local network, or finds it; says on standard error what keeps it from that.
std::optional<lan::Certificate> prepare_lan(Options& options) {
  const std::filesystem::path folder = state_folder();
  if (folder.empty()) {
    std::cerr << "parley: There is no folder to keep the certificate in: set HOME or XDG_STATE_HOME.\n";
    return std::nullopt;
  }
  std::array<char, HOST_NAME_MAX + 1> host_name{};
  ::gethostname(host_name.data(), host_name.size() - 1);
  const auto names = lan::names_of(host_name.data(), lan::interface_addresses());
  auto kept = lan::keep_certificate(folder, names, std::chrono::system_clock::now());
  if (!kept) {
    std::cerr << "parley: " << kept.error() << '\n';
    return std::nullopt;
  }
  options.tls = {{.certificate = (*kept).path, .key = (*kept).path}};
  return (*kept).certificate;
}

void invite(const Server& server, const lan::Certificate& certificate) {
  std::vector<lan::Listener> listeners;
  for (const net::Address& address : server.addresses())
    if (address.tls) listeners.push_back({.host = address.host, .port = std::to_string(address.port)});
  const auto links = lan::links(listeners, lan::reachable(lan::interface_addresses()));
  std::cout << lan::invitation(links, certificate.fingerprint, ::isatty(STDOUT_FILENO) == 1);
}

bool is_open(const net::Address& address) {
  return !net::is_loopback(net::without_brackets(address.host));
}

/// A listener with TLS on loopback alone has its reasons, such as a tunnel to it; most likely it is a mistake.
void warn_of_unreachable_lan(const Options& options, const Server& server) {
  const auto& all = server.addresses();
  const auto is_reachable = [](const net::Address& address) { return address.tls && is_open(address); };
  if (!options.lan || std::ranges::any_of(all, is_reachable)) return;
  const auto listener = std::ranges::find_if(all, &net::Address::tls);
  log::line(log::Level::warn, "lan-unreachable",
            {{"detail", "no phone reaches " + to_string(*listener) +
                            ": leave out the --listen with TLS, or write --listen 0.0.0.0:8443s"}});
}

/// Whoever opens a host to others may not know that it is open to all of them.
void warn_of_missing_auth(const Options& options, const Server& server) {
  if (hub::asks(options.hub.auth) || std::ranges::none_of(server.addresses(), is_open)) return;
  log::line(
      log::Level::warn, "open-to-all",
      {{"detail", "whoever reaches this host may enter every room and publish: --auth asks for tokens"}});
}

/// Whoever opens a host to others without STUN wonders why some calls never connect.
void warn_of_missing_stun(const Options& options) {
  if (options.lan || options.turn || !options.hub.ice_servers.empty() ||
      std::ranges::none_of(options.listen, is_open))
    return;
  log::line(log::Level::warn, "no-ice-server",
            {{"detail", "calls connect inside one network only: give --ice-server stun:HOST"}});
}

int serve(Options& options) {
  std::optional<lan::Certificate> certificate;
  if (options.lan && !(certificate = prepare_lan(options))) return usage_error;
  options.hub.seed = random_seed();
  options.hub.make_secret = random_secret;
  if (options.turn) {
    auto servers = TurnServers::read(*options.turn);
    if (!servers) {
      std::cerr << "parley: " << servers.error() << '\n';
      return usage_error;
    }
    options.hub.relay_lifetime = options.turn->lifetime;
    options.hub.relay_for = [servers = *std::move(servers)](std::string_view source) {
      return servers.server_for(source, std::chrono::system_clock::now());
    };
  }
  memory_reserve::fill();
  log::start(options.log_level, options.log_format);
  sigset_t awaited = block_signals();

  auto started = Server::start(options);
  if (!started) {
    std::cerr << "parley: " << started.error() << '\n';
    return usage_error;
  }
  const auto server = *std::move(started);
  for (const net::Address& address : server->addresses())
    std::cout << "parley " << version << " listening on " << url_of(address) << '\n';
  const auto https = std::ranges::find_if(server->addresses(), &net::Address::tls);
  for (const net::Address& address : server->redirecting())
    std::cout << "parley " << version << " redirecting " << url_of(address) << " to HTTPS on port "
              << https->port << '\n';
  if (const auto manager = server->manager_address())
    std::cout << "parley " << version << " has its room manager on http://" << to_string(*manager)
              << "/api/v1\n";
  if (certificate) invite(*server, *certificate);
  warn_of_unreachable_lan(options, *server);
  warn_of_missing_auth(options, *server);
  warn_of_missing_stun(options);
  std::cout.flush();

  int signal = 0;
  // Without somebody's certificates or keys SIGHUP ends the program, as when its terminal goes.
  const bool reloads = (!options.tls.empty() && !options.lan) || options.hub.auth != hub::Auth::off;
  while (sigwait(&awaited, &signal) == 0 && signal == SIGHUP && reloads) server->reload();
  log::line(log::Level::info, "stop",
            {{"signal", signal == SIGTERM  ? "SIGTERM"
                        : signal == SIGINT ? "SIGINT"
                                           : "SIGHUP"}});
  // A second one ends the program at once; files that change meanwhile do not.
  if (reloads) sigdelset(&awaited, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &awaited, nullptr);
  server->stop();
  return 0;
}

/// Does what is done at once, and nothing where the host is to serve. A token or a key that could not be written out
/// was not given to anybody.
std::optional<int> run_command(std::span<const char* const> arguments) {
  const std::string_view name = arguments.size() > 1 ? arguments[1] : "";
  if (name != "key" && name != "token" && name != "user") return std::nullopt;
  const auto rest = arguments.subspan(1);
  const command::Streams streams{.out = std::cout, .err = std::cerr};
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const int code = name == "key"     ? command::run_key(rest, streams)
                   : name == "token" ? command::run_token(rest, streams, now)
                                     : command::run_user(rest, std::cin, streams);
  return std::cout.flush() ? code : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (const auto code = run_command({argv, static_cast<std::size_t>(argc)})) return *code;
    auto options = read_options(argc, argv);
    if (!options) return options.error().code;
    return serve(*options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "parley: the system refuses something essential: %s\n", error.what());
    return 1;
  }
}

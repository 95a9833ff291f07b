#include "server/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <system_error>

#include "base/address_range.hpp"
#include "base/files.hpp"
#include "base/header_list.hpp"
#include "base/log_options.hpp"
#include "http/origins.hpp"
#include "lan/interfaces.hpp"
#include "net/loopback.hpp"
#include "server/ice_server.hpp"
#include "server/raw_options.hpp"
#include "server/version.hpp"

namespace parley::server {
namespace {

namespace fs = std::filesystem;

// Where the documents of the foreign protocols have their servers: sim, sim's HTTP and serverpod, socketio,
// calls, fastapi.
constexpr std::array<std::uint16_t, 5> seed_ports{1078, 8080, 4000, 8765, 8000};

constexpr std::uint16_t lan_port = 8443;

std::int64_t whole_seconds(std::chrono::milliseconds time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

const std::map<std::string, hub::Auth> auth_modes{
    {"off", hub::Auth::off}, {"rooms", hub::Auth::rooms}, {"all", hub::Auth::all}};

const std::map<std::string, users::Registration> registrations{{"open", users::Registration::open},
                                                               {"invited", users::Registration::invited},
                                                               {"closed", users::Registration::closed}};

const std::map<std::string, hub::MakesRooms> room_modes{{"open", hub::MakesRooms::everybody},
                                                        {"invited", hub::MakesRooms::moderators}};

const std::vector<std::string> hls_modes{"auto", "on", "off"};

/// Where this program is; relative to where it runs, should the system not say.
fs::path binary_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

/// The built page beside the binary: bin/parley and web/.
fs::path default_web_folder() {
  return binary_folder().parent_path() / "web";
}

Failure<std::string> not_understood(std::string_view option, const std::string& text, const char* instead) {
  return Failure(std::string(option) + " does not understand \"" + text + "\": " + instead + '.');
}

/// The same for the media gateway, which is beside this program where it was built.
Result<void, std::string> understand_hls(const RawOptions& raw, Options& options) {
  const fs::path program = binary_folder() / "parley-hls";
  std::error_code error;
  const bool built = fs::is_regular_file(program, error);
  if (raw.hls == "on" && !built)
    return Failure(
        "There is no media gateway at " + program.string() +
        ": ./dev build makes it where Debian's GStreamer packages are. Build it, or leave out --hls on.");
  for (const std::string& text : raw.hls_limits.allow_candidates) {
    if (!parse_range(text))
      return not_understood(
          "--hls-allow-candidates", text,
          "write an address or a range of them, as in 192.0.2.7, 192.0.2.0/24 or fe80::/10");
  }
  if (raw.hls != "off" && built) {
    options.hls = raw.hls_limits;
    options.hls->program = program;
    options.hls->folder = raw.hls_dir;
  }
  options.hub.gateway = options.hls.has_value();
  return {};
}

/// The same for the local network: all addresses, unless it was said where to listen with TLS.
Result<void, std::string> understand_lan(const RawOptions& raw, Options& options) {
  options.lan = raw.lan;
  if (!options.lan) return {};
  if (!raw.tls_cert.empty() || !raw.tls_key.empty())
    return Failure("--lan makes a certificate of its own: leave out --tls-cert and --tls-key, or --lan.");
  if (std::ranges::any_of(options.listen, &net::Address::tls)) return {};
  options.listen.push_back({.host = "0.0.0.0", .port = lan_port, .tls = true});
  if (std::ranges::any_of(lan::interface_addresses(), &lan::InterfaceAddress::is_ipv6))
    options.listen.push_back({.host = "[::]", .port = lan_port, .tls = true});
  return {};
}

/// The same for TLS, once it is known where to listen. The files themselves are read at the start.
Result<void, std::string> understand_tls(const RawOptions& raw, Options& options) {
  if (raw.tls_cert.size() != raw.tls_key.size())
    return Failure("Each --tls-cert has its --tls-key: there are " + std::to_string(raw.tls_cert.size()) +
                   " and " + std::to_string(raw.tls_key.size()) + '.');
  for (std::size_t i = 0; i < raw.tls_cert.size(); ++i)
    options.tls.push_back({.certificate = raw.tls_cert[i], .key = raw.tls_key[i]});
  const bool any = std::ranges::any_of(options.listen, &net::Address::tls);
  if (any && options.tls.empty() && !options.lan)
    return Failure("A listener with TLS needs a certificate: give --tls-cert and --tls-key, or --lan.");
  if (!any && !options.tls.empty())
    return Failure(
        "There is a certificate and nowhere to use it: write an s behind the port, as in --listen "
        "0.0.0.0:8443s.");
  options.hsts = std::chrono::seconds(raw.hsts_seconds);
  for (const std::string& entry : raw.redirect_https) {
    for (std::string_view rest = entry; !rest.empty();) {
      const std::string text(take_item(rest, ','));
      const auto address = net::parse_address(text);
      if (!address || address->tls)
        return not_understood("--redirect-https", text,
                              "write an address and a port without TLS, as in 0.0.0.0:80 or [::]:80");
      options.redirect_https.push_back(*address);
    }
  }
  if (!any && !options.redirect_https.empty())
    return Failure(
        "--redirect-https leads nowhere: add a --listen with TLS, as in --listen 0.0.0.0:443s, or leave it "
        "out.");
  return {};
}

/// The same for accounts. The file itself is opened at the start.
Result<void, std::string> understand_users(const RawOptions& raw, Options& options) {
  if (raw.users.empty()) {
    if (raw.registration.empty()) return {};
    return Failure("--registration goes with --users, which says where accounts are kept.");
  }
  options.accounts = raw.accounts;
  options.accounts->file = raw.users;
  if (!raw.registration.empty()) options.accounts->registration = registrations.at(raw.registration);
  options.accounts->limits.sign_in = std::chrono::days(raw.sign_in_days);
  // libsodium's least, and as much as its 32 bits can count.
  constexpr std::size_t most_mb = 4'095;
  if (raw.accounts.cost.megabytes > most_mb || raw.accounts.cost.passes > most_mb)
    return Failure("--password-mb and --password-passes take at most " + std::to_string(most_mb) + '.');
  return {};
}

/// The same for tokens. The keys themselves are read at the start.
Result<void, std::string> understand_auth(const RawOptions& raw, Options& options) {
  options.hub.auth = auth_modes.at(raw.auth);
  // A sign-in is a token, too.
  if (options.accounts && options.hub.auth == hub::Auth::off) options.hub.auth = hub::Auth::shown;
  options.hub.makes_rooms = room_modes.at(raw.rooms);
  for (const std::string& file : raw.auth_key) options.tokens.key_files.emplace_back(file);
  if (options.hub.makes_rooms == hub::MakesRooms::moderators && options.hub.auth == hub::Auth::off &&
      !options.manager)
    return Failure("With --rooms invited nobody could make a room: add --auth, or --manager for the API.");
  const auto& rules = options.tokens.rules;
  if (options.hub.auth == hub::Auth::off) {
    if (options.tokens.key_files.empty() && rules.issuer.empty() && rules.audience.empty()) return {};
    return Failure("No token is looked at with --auth off: say --auth rooms or --auth all as well.");
  }
  const fs::path folder = state_folder();
  if (!folder.empty()) options.tokens.epochs_file = folder / "epochs.json";
  if (!options.tokens.key_files.empty()) return {};
  if (folder.empty() && !options.accounts)
    return Failure("There is no folder to look for keys in: give --auth-key, or set HOME or XDG_STATE_HOME.");
  const fs::path usual = folder / auth::key_file_name;
  std::error_code error;
  const bool is_there = !folder.empty() && fs::exists(usual, error);
  if (is_there) options.tokens.key_files.push_back(usual);
  // People may sign in, and nobody needs another token.
  const bool needs_none = options.accounts && options.accounts->registration != users::Registration::invited;
  if (is_there || needs_none) return {};
  return Failure(
      "There is no key to check tokens with: `parley key` makes one, or --auth-key says where it is.");
}

/// The same for TURN. The secret itself is read at the start.
Result<void, std::string> understand_turn(const RawOptions& raw, Options& options) {
  TurnOptions turn{
      .uris = {}, .secret_file = raw.turn_secret_file, .lifetime = std::chrono::seconds(raw.turn_seconds)};
  for (const std::string& entry : raw.turn) {
    for (std::string_view rest = entry; !rest.empty();) {
      turn.uris.emplace_back(take_item(rest, ','));
      if (!is_turn_uri(turn.uris.back()))
        return not_understood(
            "--turn", turn.uris.back(),
            "write turn:HOST or turns:HOST, with a port and a transport where they are others, as in "
            "turn:turn.example:3478?transport=tcp");
    }
  }
  if (turn.uris.empty() != turn.secret_file.empty())
    return Failure("--turn and --turn-secret-file go together: give both, or neither.");
  if (!turn.uris.empty()) options.turn = std::move(turn);
  return {};
}

/// Turns what was written into what is meant; or says what is wrong with it.
Result<void, std::string> understand(const RawOptions& raw, Options& options) {
  std::vector<std::string> listen = raw.listen;
  if (const char* port = std::getenv("PORT"); port != nullptr && listen.empty())
    listen.emplace_back(std::string("0.0.0.0:") + port);
  if (!listen.empty()) options.listen.clear();
  for (const std::string& entry : listen) {
    for (std::string_view rest = entry; !rest.empty();) {
      const std::string text(take_item(rest, ','));
      const auto address = net::parse_address(text);
      if (!address)
        return not_understood("--listen", text,
                              "write an address of this machine and a port, as in 127.0.0.1:8080 or "
                              "0.0.0.0:443s; an s means TLS");
      options.listen.push_back(*address);
    }
  }
  if (raw.seed_ports) {
    for (const std::uint16_t port : seed_ports) {
      const net::Address address{.host = "127.0.0.1", .port = port};
      if (std::ranges::find(options.listen, address) == options.listen.end())
        options.listen.push_back(address);
    }
  }
  if (auto understood = understand_lan(raw, options); !understood) return understood;
  if (auto understood = understand_tls(raw, options); !understood) return understood;
  if (!raw.manager.empty()) {
    options.manager = net::parse_address(raw.manager);
    if (!options.manager || options.manager->tls ||
        !net::is_loopback(net::without_brackets(options.manager->host)))
      return Failure(
          "The room manager has no passwords, so it listens on this machine alone: --manager takes "
          "127.0.0.1:PORT or [::1]:PORT.");
  }
  for (const std::string& entry : raw.ice_servers) {
    const auto servers = parse_ice_servers(entry);
    if (!servers)
      return not_understood("--ice-server", entry,
                            "write stun:HOST, or a TURN server with its credentials as JSON, as in "
                            R"({"urls":"turn:HOST","username":"u","credential":"c"})");
    options.hub.ice_servers.insert(options.hub.ice_servers.end(), servers->begin(), servers->end());
  }
  if (auto understood = understand_turn(raw, options); !understood) return understood;
  if (auto understood = understand_users(raw, options); !understood) return understood;
  if (auto understood = understand_auth(raw, options); !understood) return understood;
  for (const std::string& entry : raw.allow_origin) {
    for (std::string_view rest = entry; !rest.empty();) {
      options.allow_origin.emplace_back(take_item(rest, ','));
      if (!http::is_origin(options.allow_origin.back()))
        return not_understood(
            "--allow-origin", options.allow_origin.back(),
            "write a scheme and a name as browsers do, as in https://app.example; or * for any");
    }
  }
  for (const std::string& text : raw.trust_proxy) {
    const auto range = parse_range(text);
    if (!range)
      return not_understood("--trust-proxy", text,
                            "write the proxy's address, or a range of them, as in 127.0.0.1 or 10.0.0.0/8");
    options.trust_proxy.push_back(*range);
  }
  options.log_level = log::level_names.at(raw.log_level);
  options.log_format = log::format_names.at(raw.log_format);
  options.hub.limits.resume_window = std::chrono::seconds(raw.resume_seconds);
  options.hub.limits.heartbeat = std::chrono::seconds(raw.heartbeat_seconds);
  options.first_message = std::chrono::seconds(raw.first_message_seconds);
  options.message = std::chrono::seconds(raw.message_seconds);
  options.http.head = std::chrono::seconds(raw.head_seconds);
  options.http.body = std::chrono::seconds(raw.body_seconds);
  options.http.idle = std::chrono::seconds(raw.idle_seconds);
  options.http.unread = std::chrono::seconds(raw.unread_seconds);
  options.hub.limits.ring_backoff = std::chrono::seconds(raw.ring_backoff_seconds);
  options.hub.limits.ring_backoff_most = std::chrono::seconds(raw.ring_backoff_most_seconds);
  options.hub.limits.buffered_bytes = options.buffered_mb * 1024 * 1024;
  options.frames.message_bytes = options.hub.limits.message_bytes;

  options.web = raw.web;
  std::error_code error;
  if (!fs::is_directory(options.web, error))
    return Failure("There is no web folder at " + options.web.string() +
                   ": build the page with ./dev build, or say where it is with --web.");
  return understand_hls(raw, options);
}

}  // namespace

Result<Options, Exit> read_options(int argc, const char* const* argv) {
  Options options;
  RawOptions raw{
      .listen = {},
      .tls_cert = {},
      .tls_key = {},
      .redirect_https = {},
      .seed_ports = false,
      .lan = false,
      .auth = "off",
      .rooms = "open",
      .auth_key = {},
      .users = {},
      .registration = {},
      .accounts = {},
      .sign_in_days = std::chrono::floor<std::chrono::days>(users::AccountLimits().sign_in).count(),
      .manager = {},
      .web = default_web_folder().string(),
      .ice_servers = {},
      .turn = {},
      .turn_secret_file = {},
      .turn_seconds = TurnOptions().lifetime.count(),
      .allow_origin = {},
      .trust_proxy = {},
      .hls = "auto",
      .hls_dir = {},
      .hls_limits = {},
      .hsts_seconds = options.hsts.count(),
      .resume_seconds = options.hub.limits.resume_window.count(),
      .heartbeat_seconds = options.hub.limits.heartbeat.count(),
      .first_message_seconds = whole_seconds(options.first_message),
      .message_seconds = whole_seconds(options.message),
      .head_seconds = whole_seconds(options.http.head),
      .body_seconds = whole_seconds(options.http.body),
      .idle_seconds = whole_seconds(options.http.idle),
      .unread_seconds = whole_seconds(options.http.unread),
      .ring_backoff_seconds = options.hub.limits.ring_backoff.count(),
      .ring_backoff_most_seconds = options.hub.limits.ring_backoff_most.count(),
      .log_level = "info",
      .log_format = "text"};

  CLI::App app("The host of Parley: serves the page and relays the signaling of WebRTC rooms.", "parley");
  app.set_version_flag("--version", std::string("parley ") + version);
  app.footer(
      "Every option is also read from the environment: --log-level from PARLEY_LOG_LEVEL, and so on.\n\n"
      "Commands:\n"
      "  parley key                  makes a key to sign tokens with: see parley key --help\n"
      "  parley token                makes a token that lets somebody in: see parley token --help\n"
      "  parley user                 makes, lists and removes accounts: see parley user --help");
  const auto list = [&](const std::string& name, std::vector<std::string>& target, const std::string& type,
                        const std::string& description) {
    app.add_option("--" + name, target, description)
        ->envname(environment_name(name))
        ->type_name(type)
        ->allow_extra_args(false);
  };
  list("listen", raw.listen, "HOST:PORT",
       "where to listen, repeatable [127.0.0.1:8080, or 0.0.0.0:$PORT where PORT is set]; port 0 is any free "
       "one, and an s behind it, as in 0.0.0.0:8443s, means TLS");
  list("tls-cert", raw.tls_cert, "FILE",
       "the certificate with its chain, in PEM, repeatable: a client gets the one that names the server it "
       "asks for. SIGHUP reads all of them again");
  list("tls-key", raw.tls_key, "FILE", "its private key, in PEM; as many as certificates, in their order");
  app.add_flag("--lan", raw.lan,
               "lets phones in the same network join: listens on all addresses with TLS, port 8443 unless a "
               "--listen has TLS, with a certificate that is made here, and prints the link and its QR code")
      ->envname(environment_name("lan"));
  list("redirect-https", raw.redirect_https, "HOST:PORT",
       "where plain HTTP is answered, and sent on to the first --listen with TLS, repeatable [nowhere]");
  add(app, "hsts-seconds", raw.hsts_seconds,
      "for how long a browser that came by HTTPS comes by nothing else (Strict-Transport-Security); 0 does "
      "not tell it so, nor does --lan")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
      ->type_name("SECONDS");
  app.add_flag("--seed-ports", raw.seed_ports,
               "listens on the ports of the foreign protocols' documents as well, on loopback: 1078, 8080, "
               "4000, 8765, "
               "8000")
      ->envname(environment_name("seed-ports"));
  add(app, "auth", raw.auth,
      "of whom a token is asked (JSON Web Tokens, which `parley token` makes): rooms is of whoever publishes "
      "a stream, or enters a private room; all of everybody")
      ->type_name("MODE")
      ->check(CLI::IsMember(auth_modes));
  add(app, "rooms", raw.rooms,
      "who makes rooms: open is everybody, by entering; invited is whoever may moderate, or the host's API")
      ->type_name("MODE")
      ->check(CLI::IsMember(room_modes));
  list("auth-key", raw.auth_key, "FILE",
       "keys that tokens are signed with, repeatable: a JSON Web Key, a set of them, or PEM [what `parley "
       "key` has "
       "made]. SIGHUP reads all of them again");
  add(app, "auth-issuer", options.tokens.rules.issuer,
      "whose tokens are taken, by their claim iss [anybody's]")
      ->type_name("TEXT");
  add(app, "auth-audience", options.tokens.rules.audience,
      "what the claim aud must name [tokens with an aud are refused]")
      ->type_name("TEXT");
  add(app, "users", raw.users,
      "where accounts are kept: names that belong to somebody, with passwords [there are none]. With them, a "
      "token that is shown is looked at whatever --auth says")
      ->type_name("FILE");
  app.add_option(
         "--registration", raw.registration,
         "who makes accounts: open is everybody; invited is whoever has a token that may register; closed "
         "is nobody but `parley user` [closed]")
      ->envname(environment_name("registration"))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->type_name("MODE")
      ->check(CLI::IsMember(registrations));
  app.add_option(
         "--manager", raw.manager,
         "where the room manager's REST API, /api/v1, is answered, on loopback [nowhere]: whoever can "
         "connect there may list, change and clear rooms")
      ->envname(environment_name("manager"))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->type_name("HOST:PORT");
  app.add_option(
         "--trust-proxy", raw.trust_proxy,
         "proxies that are believed when they say whose a request or a connection is (X-Forwarded-For, "
         "X-Forwarded-Proto, the PROXY protocol): addresses or ranges, separated by commas [none]")
      ->envname(environment_name("trust-proxy"))
      ->delimiter(',')
      ->type_name("CIDR");
  add(app, "web", raw.web, "the folder of the built page")->type_name("FOLDER");
  list("ice-server", raw.ice_servers, "SERVER",
       "what clients use to reach each other, repeatable: stun:HOST, or as JSON");
  list("turn", raw.turn, "URI",
       "the TURN servers that share a secret with this host, repeatable: turn:HOST or turns:HOST. Each "
       "client gets "
       "a credential of its own, which ends");
  add(app, "turn-secret-file", raw.turn_secret_file,
      "the file with that secret, which coturn has as static-auth-secret")
      ->type_name("FILE");
  add(app, "turn-seconds", raw.turn_seconds, "how long such a credential lasts")
      ->check(CLI::Validator(fault_of_limit, "", "limit"))
      ->type_name("NUMBER");
  list("allow-origin", raw.allow_origin, "ORIGIN",
       "origin of another site whose pages may use this host, repeatable; * is any [those of this host's own "
       "name "
       "and of localhost]");
  add(app, "hls", raw.hls,
      "whether streams by SIM number become HLS: auto is on where the media gateway, parley-hls, is beside "
      "this "
      "program")
      ->type_name("MODE")
      ->check(CLI::IsMember(hls_modes));
  app.add_option("--hls-dir", raw.hls_dir,
                 "where segments and playlists are kept, for this host alone; what else is in it stays [a "
                 "temporary folder, removed at the end]")
      ->envname(environment_name("hls-dir"))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->type_name("FOLDER");
  app.add_option(
         "--hls-allow-candidates", raw.hls_limits.allow_candidates,
         "addresses that a publisher may have the media gateway send to, though they are of this host, "
         "loopback or link-local: ranges, separated by commas [none, unless the publisher comes from "
         "there]")
      ->envname(environment_name("hls-allow-candidates"))
      ->delimiter(',')
      ->type_name("CIDR");
  add(app, "log-level", raw.log_level, "how much to say on standard error")
      ->type_name("LEVEL")
      ->check(CLI::IsMember(log::level_names));
  add(app, "log-format", raw.log_format, "for people or for programs")
      ->type_name("FORMAT")
      ->check(CLI::IsMember(log::format_names));
  add_limits(app, options, raw);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return Failure(Exit{app.exit(wanted)});
  } catch (const CLI::ParseError& error) {
    std::cerr << "parley: " << error.what() << ". See parley --help.\n";
    return Failure(Exit{usage_error});
  }
  if (const auto understood = understand(raw, options); !understood) {
    std::cerr << "parley: " << understood.error() << '\n';
    return Failure(Exit{usage_error});
  }
  return options;
}

}  // namespace parley::server

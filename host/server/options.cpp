#include "server/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <system_error>

#include "base/address_range.hpp"
#include "base/header_list.hpp"
#include "base/log_options.hpp"
#include "http/origins.hpp"
#include "lan/interfaces.hpp"
#include "net/loopback.hpp"
#include "server/ice_server.hpp"
#include "server/version.hpp"

namespace parley::server {
namespace {

namespace fs = std::filesystem;

/// What the command line holds before it is understood.
struct Raw {
  std::vector<std::string> listen;
  std::vector<std::string> tls_cert;
  std::vector<std::string> tls_key;
  std::vector<std::string> redirect_https;
  bool seed_ports = false;
  bool lan = false;
  std::string manager;
  std::string web;
  std::vector<std::string> ice_servers;
  std::vector<std::string> turn;
  std::string turn_secret_file;
  std::int64_t turn_seconds = 0;
  std::vector<std::string> allow_origin;
  std::vector<std::string> trust_proxy;
  std::string hls;
  std::string hls_dir;
  HlsOptions hls_limits;
  std::int64_t hsts_seconds = 0;
  std::int64_t resume_seconds = 0;
  std::int64_t heartbeat_seconds = 0;
  std::int64_t first_message_seconds = 0;
  std::int64_t message_seconds = 0;
  std::int64_t head_seconds = 0;
  std::int64_t body_seconds = 0;
  std::int64_t idle_seconds = 0;
  std::int64_t unread_seconds = 0;
  std::int64_t ring_backoff_seconds = 0;
  std::int64_t ring_backoff_most_seconds = 0;
  std::string log_level;
  std::string log_format;
};

// Where the documents of the foreign protocols have their servers: sim, sim's HTTP and serverpod, socketio,
// calls, fastapi.
constexpr std::array<std::uint16_t, 5> seed_ports{1078, 8080, 4000, 8765, 8000};

constexpr std::uint16_t lan_port = 8443;

/// What every limit must be: none is off, and none so large that arithmetic with it overflows.
std::string fault_of_limit(const std::string& text) {
  constexpr double most = 1e9;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= 1 && value <= most) return {};
  return "write a number from 1 to 1000000000 instead of \"" + text + '"';
}

std::int64_t whole_seconds(std::chrono::milliseconds time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

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

std::string environment_name(std::string_view option) {
  std::string name = "PARLEY_";
  for (const char c : option) name.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(c)));
  return name;
}

/// Adds --name with the same name in the environment.
template <class T>
CLI::Option* add(CLI::App& app, const std::string& name, T& target, const std::string& description) {
  return app.add_option("--" + name, target, description)
      ->envname(environment_name(name))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->capture_default_str();
}

void add_limits(CLI::App& app, Options& options, Raw& raw) {
  auto& limits = options.hub.limits;
  const CLI::Validator valid(fault_of_limit, "", "limit");
  const auto limit = [&](const std::string& name, auto& target, const std::string& description) {
    add(app, name, target, description)->check(valid)->type_name("NUMBER")->group("Limits");
  };
  limit("max-connections", options.max_connections, "WebSockets of all clients");
  limit("connections-per-address", options.addresses.connections,
        "connections of all kinds from one address (IPv6: from one /64); a local address has ten times this");
  limit("handshakes-per-second", options.addresses.handshakes_per_second,
        "TLS handshakes from one address, ten times this from a local one");
  limit("handshake-burst", options.addresses.handshake_burst,
        "TLS handshakes from one address at once, ten times this from a local one");
  limit("requests-per-second", options.addresses.requests_per_second,
        "HTTP requests from one address, ten times this from a local one; more are answered with 429");
  limit("request-burst", options.addresses.request_burst,
        "HTTP requests from one address at once, ten times this from a local one");
  limit("engine-io-sessions-per-address", options.addresses.engine_io_sessions,
        "sessions of Socket.IO's transport from one address, ten times this from a local one");
  limit("whip-sessions-per-address", options.addresses.whip_sessions,
        "publishers by WHIP from one address, ten times this from a local one");
  limit(
      "head-seconds", raw.head_seconds,
      "how long the head of a request may take; then it is answered with 408. A connection that says nothing "
      "at all ends after as long");
  limit("body-seconds", raw.body_seconds,
        "how long the body of a request may take; then it is answered with 408");
  limit("idle-seconds", raw.idle_seconds, "how long a connection is kept between two requests");
  limit("unread-seconds", raw.unread_seconds,
        "how long a client may take nothing of its answer before the connection ends");
  limit("first-message-seconds", raw.first_message_seconds,
        "how long a WebSocket may say nothing after it has opened; then it is closed with 1008");
  limit("http-workers", options.http_workers,
        "threads that answer HTTP; a client that is slow to ask or to read takes none");
  add(app, "loops", options.loops, "event loops that the clients are divided among; 0 is one a processor")
      ->check(CLI::Range(0, 256))
      ->type_name("NUMBER")
      ->group("Limits");
  limit("peers-per-room", limits.peers_per_room, "members of one room");
  limit("max-rooms", limits.rooms, "rooms at once");
  limit("max-users", limits.users, "users online at once who can be called by name");
  limit("rooms-per-address", limits.rooms_per_address,
        "rooms that one address has made, ten times this from a local one");
  limit("places-per-address", limits.places_per_address,
        "members of rooms from one address, ten times this from a local one");
  limit("names-per-address", limits.names_per_address,
        "users from one address who can be called by name, ten times this from a local one");
  limit("registrations-per-minute", limits.registrations_per_minute,
        "users from one address who come online, once it has had as many as it may have names; ten times "
        "this from a local one");
  limit("registrations-at-once", limits.registrations_at_once,
        "how often one WebSocket may come online before it must wait");
  limit("joins-per-minute", limits.joins_per_minute,
        "joins of rooms from one address, once it has had as many as it may have places; ten times this from "
        "a local one");
  limit("joins-at-once", limits.joins_at_once, "how often one WebSocket may join before it must wait");
  limit("rings-per-minute", limits.rings_per_minute, "calls of one user");
  limit("rings-per-address", limits.rings_per_address,
        "calls from one address a minute, ten times this from a local one");
  limit("ring-backoff-seconds", raw.ring_backoff_seconds,
        "how long a user waits before calling somebody who has declined twice; doubled each time");
  limit("ring-backoff-most-seconds", raw.ring_backoff_most_seconds, "the longest such wait");
  limit("users-page-bytes", limits.users_page_bytes,
        "how much of the list of users a client is sent at once");
  limit("users-bytes-per-second", limits.users_bytes_per_second,
        "how much of lists of users all clients together are sent");
  limit("max-streams", limits.streams, "streams that become HLS at once");
  limit("pending-streams-per-address", limits.pending_streams_per_address,
        "streams from one address that do not flow yet; of all streams, a quarter may be such");
  limit("max-transcoded", raw.hls_limits.max_transcoded,
        "VP8 and VP9 tracks that are transcoded at once, each with a good part of a core");
  add(app, "hls-workers", raw.hls_limits.workers,
      "processes of the media gateway that streams are divided among; they start as streams come")
      ->check(CLI::Range(1, 64))
      ->type_name("NUMBER")
      ->group("Limits");
  limit("hls-worker-mb", raw.hls_limits.worker_mb,
        "MiB of memory that one of the media gateway's processes may take; above that its heaviest stream "
        "ends");
  limit("hls-disk-mb", raw.hls_limits.disk_mb,
        "MiB that the segments of all streams may take; those of one stream, a quarter of that");
  limit("message-bytes", limits.message_bytes,
        "the largest message of a client; a larger one closes with 1009");
  limit("resume-seconds", raw.resume_seconds,
        "how long the session or the user of a lost socket waits for another");
  limit("heartbeat-seconds", raw.heartbeat_seconds,
        "a client that is silent for twice that is taken for lost");
  limit("replay-messages", limits.replay_messages, "events kept for a client until it acknowledges them");
  limit("replay-bytes", limits.replay_bytes, "bytes of events kept for a client until it acknowledges them");
  limit(
      "max-buffered-mb", options.buffered_mb,
      "MiB that may wait for all clients together; past it whoever is furthest behind goes first, with 1013");
  limit("max-received-mb", options.received_mb,
        "MiB of requests and messages that are not whole yet, of all clients together; past it 503 and 1013");
  limit("message-seconds", raw.message_seconds,
        "how long a message may take from its first bytes to its end; then it closes with 1008");
  limit("messages-per-second", limits.messages_per_second,
        "messages of one client; more are answered with an error");
  limit("message-burst", limits.message_burst, "messages of one client at once");
  limit("bytes-per-second", limits.bytes_per_second,
        "bytes of messages of one client; more are answered with an error");
  limit("byte-burst", limits.byte_burst, "bytes of messages of one client at once");
  limit("flood-messages", limits.flood_messages,
        "refused messages in a row that close the WebSocket with 1008");
  limit("frames-per-second", options.frames.frames_per_second,
        "pings and fragments of one client; more close with 1008");
  limit("frame-burst", options.frames.frame_burst, "pings and fragments of one client at once");
  limit("outbox-bytes", options.outbox.bytes,
        "bytes that may wait for one client that does not read, before it is closed");
  limit("outbox-messages", options.outbox.messages,
        "events that may wait, not encoded yet, for one client that does not read");
}

Failure<std::string> not_understood(std::string_view option, const std::string& text, const char* instead) {
  return Failure(std::string(option) + " does not understand \"" + text + "\": " + instead + '.');
}

/// The same for the media gateway, which is beside this program where it was built.
Result<void, std::string> understand_hls(const Raw& raw, Options& options) {
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
Result<void, std::string> understand_lan(const Raw& raw, Options& options) {
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
Result<void, std::string> understand_tls(const Raw& raw, Options& options) {
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

/// The same for TURN. The secret itself is read at the start.
Result<void, std::string> understand_turn(const Raw& raw, Options& options) {
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
Result<void, std::string> understand(const Raw& raw, Options& options) {
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
  Raw raw{.listen = {},
          .tls_cert = {},
          .tls_key = {},
          .redirect_https = {},
          .seed_ports = false,
          .lan = false,
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
  app.footer("Every option is also read from the environment: --log-level from PARLEY_LOG_LEVEL, and so on.");
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

#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/address_range.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "hub/config.hpp"
#include "net/address.hpp"
#include "net/addresses.hpp"
#include "net/frame_reader.hpp"
#include "net/http_limits.hpp"
#include "net/outbox.hpp"
#include "net/tls.hpp"
#include "net/web_socket.hpp"
#include "server/tokens.hpp"
#include "server/turn.hpp"
#include "users/accounts.hpp"

namespace parley::server {

/// The media gateway, and where it leaves what it makes.
struct HlsOptions {
  std::filesystem::path program;
  std::filesystem::path folder;  ///< empty: a temporary one
  std::size_t disk_mb = 1'024;
  std::size_t max_transcoded = 2;
  /// Ranges of addresses, as the gateway takes them: see its CandidateFilter.
  std::vector<std::string> allow_candidates;
  /// Processes among which the streams are divided. A crash costs a quarter of them; more cost memory.
  std::size_t workers = 4;
  /// Of one of them: 16 streams are some 50 MiB, and two tracks of 1080p that are transcoded 100 each.
  std::size_t worker_mb = 512;
};

/// Everything that can be set, from the command line or the environment.
struct Options {
  std::vector<net::Address> listen{{.host = "127.0.0.1", .port = 8080}};
  std::vector<net::KeyPair> tls;             ///< of the addresses with TLS
  bool lan = false;                          ///< the certificate is made here, for the local network
  std::vector<net::Address> redirect_https;  ///< where plain HTTP is sent on to the first of these
  /// For how long a browser that came by HTTPS is to come by nothing else (RFC 6797); 0: it is not told so.
  std::chrono::seconds hsts{31'536'000};
  std::optional<TurnOptions> turn;      ///< nothing: there is none but what hub.ice_servers has
  std::optional<net::Address> manager;  ///< the room manager's own; nothing: there is none
  std::filesystem::path web;            ///< the built page
  hub::Config hub;
  TokenOptions tokens;                            ///< where hub.auth is not off
  std::optional<users::AccountOptions> accounts;  ///< nothing: this host keeps none
  net::OutboxLimits outbox;
  net::FrameLimits frames;
  net::HttpLimits http;
  net::AddressLimits addresses;
  /// From a WebSocket's opening to its client's first message.
  std::chrono::milliseconds first_message = net::WebSocketLimits{}.first_message;
  /// From a message's first bytes to its end.
  std::chrono::milliseconds message = net::WebSocketLimits{}.message;
  std::size_t buffered_mb = 256;  ///< of hub::Limits::buffered_bytes
  std::size_t received_mb = 64;   ///< of net::FrontSettings::received_bytes
  std::optional<HlsOptions> hls;  ///< nothing: this host makes no HLS
  /// WebSockets; each is 5 KiB while it is idle, and a file descriptor.
  std::size_t max_connections = 10'000;
  /// Threads that answer HTTP, one a request that is being answered. Half of them at most wait for the media
  /// gateway's answer to a WHIP publisher; nothing else there waits.
  std::size_t http_workers = 64;
  std::size_t loops = 0;  ///< event loops; 0: one a processor
  /// Proxies that are believed about whose request it is.
  std::vector<AddressRange> trust_proxy;
  /// Other sites whose pages may use this host, as an Origin header names them; `*` is any.
  std::vector<std::string> allow_origin;
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
};

/// The program is to end at once: after --help, --version, or a sentence that says what was wrong.
struct Exit {
  int code = 0;
};

inline constexpr int usage_error = 2;

/// Reads the command line and the PARLEY_… environment, and says on standard error what is wrong with them.
[[nodiscard]] Result<Options, Exit> read_options(int argc, const char* const* argv);

}  // namespace parley::server

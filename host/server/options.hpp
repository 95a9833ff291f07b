#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hub/config.hpp"
#include "server/address.hpp"
#include "server/log.hpp"
#include "server/outbox.hpp"

namespace parley::server {

/// The media gateway, and where it leaves what it makes.
struct HlsOptions {
  std::filesystem::path program;
  std::filesystem::path folder;  ///< empty: a temporary one
  std::size_t disk_mb = 1'024;
  std::size_t max_transcoded = 2;
  /// Ranges of addresses, as the gateway takes them: see its CandidateFilter.
  std::vector<std::string> allow_candidates;
};

/// Everything that can be set, from the command line or the environment.
struct Options {
  std::vector<Address> listen{{.host = "127.0.0.1", .port = 8080}};
  std::optional<Address> manager;  ///< the room manager's own; nothing: there is none
  std::filesystem::path web;       ///< the built page
  hub::Config hub;
  OutboxLimits outbox;
  FrameLimits frames;
  std::size_t buffered_mb = 256;  ///< of hub::Limits::buffered_bytes
  std::optional<HlsOptions> hls;  ///< nothing: this host makes no HLS
  /// A thread stands by for each, which costs 20 KiB, and twice that once it is in use.
  std::size_t max_connections = 1'000;
  /// Threads beyond those, so that pages and health checks are answered when all connections are taken.
  std::size_t http_workers = 16;
  /// What an Origin header may say for a WebSocket; empty is anything. Signaling is meant to be embedded in
  /// other sites, and it has no cookie that another site could make use of.
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
[[nodiscard]] std::variant<Options, Exit> read_options(int argc, const char* const* argv);

}  // namespace parley::server

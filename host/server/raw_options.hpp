#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/options.hpp"

namespace parley::server {

/// What the command line holds before it is understood.
struct RawOptions {
  std::vector<std::string> listen;
  std::vector<std::string> tls_cert;
  std::vector<std::string> tls_key;
  std::vector<std::string> redirect_https;
  bool seed_ports = false;
  bool lan = false;
  std::string auth;
  std::string rooms;
  std::vector<std::string> auth_key;
  std::string users;
  std::string registration;
  users::AccountOptions accounts;
  std::int64_t sign_in_days = 0;
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

/// What every limit must be: none is off, and none so large that arithmetic with it overflows.
[[nodiscard]] std::string fault_of_limit(const std::string& text);

/// PARLEY_LOG_LEVEL, of log-level.
[[nodiscard]] std::string environment_name(std::string_view option);

/// Adds --name with the same name in the environment.
template <class T>
CLI::Option* add(CLI::App& app, const std::string& name, T& target, const std::string& description) {
  return app.add_option("--" + name, target, description)
      ->envname(environment_name(name))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->capture_default_str();
}

void add_limits(CLI::App& app, Options& options, RawOptions& raw);

}  // namespace parley::server

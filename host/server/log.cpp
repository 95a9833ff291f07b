#include "server/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>

namespace parley::server::log {
namespace {

std::atomic<Format> chosen_format{Format::text};

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

/// A JSON string, which is a fine way to quote a value in a text line, too: what clients name themselves must
/// not be able to break a line or colour a terminal.
void append_quoted(std::string& out, std::string_view value) {
  constexpr std::string_view hex = "0123456789abcdef";
  out.push_back('"');
  for (const char c : value) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (byte < 0x20 || byte == 0x7F) {
      out.append("\\u00").append({hex[byte >> 4], hex[byte & 0xF]});
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

bool is_plain(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte <= 0x20 || byte == 0x7F || c == '"' || c == '=' || c == '\\';
  });
}

}  // namespace

void start(Level level, Format format) {
  chosen_format = format;
  auto logger = std::make_shared<spdlog::logger>("parley", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(to_spdlog(level));
  logger->set_pattern(format == Format::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                             : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                      spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(logger));
}

std::string render(Format format, std::string_view event, std::initializer_list<Field> fields) {
  const bool json = format == Format::json;
  std::string out;
  if (json) {
    out.append(R"("event":)");
    append_quoted(out, event);
  } else {
    out.append(event);
  }
  for (const Field& field : fields) {
    if (field.value.empty()) continue;
    if (json) {
      out.push_back(',');
      append_quoted(out, field.key);
      out.push_back(':');
    } else {
      out.append(" ").append(field.key).append("=");
    }
    if (field.is_number || (!json && is_plain(field.value))) {
      out.append(field.value);
    } else {
      append_quoted(out, field.value);
    }
  }
  return out;
}

void line(Level level, std::string_view event, std::initializer_list<Field> fields) {
  auto* logger = spdlog::default_logger_raw();
  const auto severity = to_spdlog(level);
  if (logger->should_log(severity)) logger->log(severity, render(chosen_format, event, fields));
}

}  // namespace parley::server::log

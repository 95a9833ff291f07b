#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "base/log_queue.hpp"

namespace parley::log {
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

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
};

/// The first one of a text that is not empty; U+FFFD for a byte that is no UTF-8.
CodePoint first_of(std::string_view text) {
  constexpr CodePoint broken{.value = 0xFFFD};
  const auto lead = static_cast<std::uint8_t>(text.front());
  if (lead < 0x80) return {.value = lead};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return broken;
  char32_t value = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<std::uint8_t>(text[i]);
    if ((next & 0xC0U) != 0x80) return broken;
    value = value << 6U | (next & 0x3FU);
  }
  return {.value = value, .bytes = bytes};
}

/// Control and format characters and line ends (Unicode's Cc, Cf, Zl and Zp): they break a line, colour a
/// terminal, turn the text around or are not seen at all. In ascending order.
constexpr std::array<std::pair<char32_t, char32_t>, 23> unseen{{
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},           {0x600, 0x605},     {0x61C, 0x61C},
    {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x890, 0x891},         {0x8E2, 0x8E2},     {0x180E, 0x180E},
    {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},       {0xD800, 0xDFFF},   {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFD},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD},     {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0001, 0xE007F}, {0x110000, 0xFFFFFFFF},
}};

bool is_unseen(char32_t value) {
  return std::ranges::any_of(
      unseen, [value](const auto& range) { return value >= range.first && value <= range.second; });
}

void append_escape(std::string& out, char32_t value) {
  constexpr std::string_view hex = "0123456789abcdef";
  if (value > 0xFFFF) {
    // JSON writes it as UTF-16 has it (RFC 8259 section 7).
    append_escape(out, 0xD800 + ((value - 0x10000) >> 10U));
    return append_escape(out, 0xDC00 + (value & 0x3FFU));
  }
  out.append("\\u");
  for (int shift = 12; shift >= 0; shift -= 4)
    out.push_back(hex[value >> static_cast<unsigned>(shift) & 0xFU]);
}

/// A JSON string, which is a fine way to quote a value in a text line, too: what clients name themselves must
/// not be able to forge a line.
void append_quoted(std::string& out, std::string_view value) {
  out.push_back('"');
  while (!value.empty()) {
    const auto [character, bytes] = first_of(value);
    if (character == '"' || character == '\\') {
      out.append({'\\', value.front()});
    } else if (is_unseen(character)) {
      append_escape(out, character <= 0x10FFFF ? character : 0xFFFD);
    } else {
      out.append(value.substr(0, bytes));
    }
    value.remove_prefix(bytes);
  }
  out.push_back('"');
}

bool is_plain(std::string_view value) {
  while (!value.empty()) {
    const auto [character, bytes] = first_of(value);
    if (character == ' ' || character == '"' || character == '=' || character == '\\' || is_unseen(character))
      return false;
    value.remove_prefix(bytes);
  }
  return true;
}

const char* pattern() {
  return chosen_format.load() == Format::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                              : "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
}

std::string note_dropped(std::uint64_t count) {
  const std::string text = render(chosen_format, "log", {{"dropped", count}});
  spdlog::memory_buf_t line;
  spdlog::pattern_formatter(pattern(), spdlog::pattern_time_type::utc)
      .format(spdlog::details::log_msg("parley", spdlog::level::warn, text), line);
  return {line.data(), line.size()};
}

// Until the end, and not destroyed there: threads may have something to say up to then.
LogQueue& queue() {
  static auto* const lines =
      new LogQueue(STDERR_FILENO, note_dropped);  // NOLINT(cppcoreguidelines-owning-memory)
  return *lines;
}

// What is written by then is; whoever has stopped reading does not keep the program from ending.
constexpr std::chrono::milliseconds patience_at_end{250};

class QueueSink : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    queue().put({line.data(), line.size()});
  }
  void flush_() override {}
};

}  // namespace

void start(Level level, Format format) {
  chosen_format = format;
  auto logger = std::make_shared<spdlog::logger>("parley", std::make_shared<QueueSink>());
  logger->set_level(to_spdlog(level));
  logger->set_pattern(pattern(), spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(logger));
  queue();
  std::atexit([] { queue().flush(patience_at_end); });
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

}  // namespace parley::log

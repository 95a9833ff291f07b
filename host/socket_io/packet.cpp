#include "socket_io/packet.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/json_object.hpp"
#include "base/json_scanner.hpp"
#include "base/json_text.hpp"
#include "socket_io/placeholders.hpp"

namespace parley::socket_io {
namespace {

constexpr std::size_t max_depth = JsonObject::max_depth;
constexpr std::string_view digits = "0123456789";

bool is_digit(char c) {
  return digits.find(c) != std::string_view::npos;
}

bool is_binary(PacketType type) {
  return type == PacketType::binary_event || type == PacketType::binary_ack;
}

/// The number that starts the text, which is taken off; none where there is none, or a larger one than fits.
template <class Number>
std::optional<Number> take_number(std::string_view& text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool is_object(std::string_view payload) {
  JsonScanner in(payload);
  return in.object(max_depth, [](std::string_view, std::string_view) {}) && in.end();
}

bool is_array(std::string_view payload) {
  JsonScanner in(payload);
  return in.array(max_depth, [](std::string_view) {}) && in.end();
}

bool payload_fits(PacketType type, std::string_view payload) {
  switch (type) {
    case PacketType::connect:
      return payload.empty() || is_object(payload);
    case PacketType::disconnect:
      return payload.empty();
    case PacketType::event:
    case PacketType::binary_event:
    case PacketType::ack:
    case PacketType::binary_ack:
      return is_array(payload);
    case PacketType::connect_error:
      break;
  }
  return false;
}

/// Names that the library itself gives its users' handlers: from a client they would be a lie.
bool is_reserved(std::string_view name) {
  constexpr std::array<std::string_view, 6> reserved{"connect",       "connect_error", "disconnect",
                                                     "disconnecting", "newListener",   "removeListener"};
  return std::ranges::find(reserved, name) != reserved.end();
}

}  // namespace

std::string encode(const Packet& packet) {
  std::string text;
  text.reserve(packet.nsp.size() + packet.payload.size() + 16);
  text += static_cast<char>('0' + static_cast<char>(packet.type));
  if (is_binary(packet.type)) text.append(std::to_string(packet.attachments)).append(1, '-');
  if (packet.nsp != "/") text.append(packet.nsp).append(1, ',');
  if (packet.id) text.append(std::to_string(*packet.id));
  return text.append(packet.payload);
}

namespace {

/// All of decode() but that it looks into the payload.
std::optional<Packet> take_apart(std::string_view text) {
  constexpr char last_type = '0' + static_cast<char>(PacketType::binary_ack);
  if (text.empty() || text.front() < '0' || text.front() > last_type) return std::nullopt;
  Packet packet{.type = static_cast<PacketType>(text.front() - '0')};
  text.remove_prefix(1);
  if (is_binary(packet.type)) {
    const auto attachments = take_number<std::size_t>(text);
    if (!attachments || !text.starts_with('-')) return std::nullopt;
    packet.attachments = *attachments;
    text.remove_prefix(1);
  }
  if (text.starts_with('/')) {
    const std::size_t end = std::min(text.find(','), text.size());
    packet.nsp = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!text.empty() && is_digit(text.front())) {
    packet.id = take_number<std::uint64_t>(text);
    if (!packet.id) return std::nullopt;
  }
  packet.payload = text;
  const bool acknowledges = packet.type == PacketType::ack || packet.type == PacketType::binary_ack;
  if (acknowledges && !packet.id) return std::nullopt;
  return packet;
}

}  // namespace

std::optional<Packet> decode(std::string_view text) {
  const auto packet = take_apart(text);
  return packet && payload_fits(packet->type, packet->payload) ? packet : std::nullopt;
}

std::optional<ReceivedPacket> read(std::string text) {
  const auto packet = take_apart(text);
  if (!packet) return std::nullopt;
  const bool event = packet->type == PacketType::event || packet->type == PacketType::binary_event;
  if (!event && !payload_fits(packet->type, packet->payload)) return std::nullopt;
  if (is_binary(packet->type) && !placeholders_fit(packet->payload, packet->attachments)) return std::nullopt;
  ReceivedPacket received{.type = packet->type,
                          .attachments = packet->attachments,
                          .nsp = std::string(packet->nsp),
                          .id = packet->id};
  text.erase(0, text.size() - packet->payload.size());
  received.payload = std::move(text);
  if (!event) return received;
  auto call = read_call(std::move(received.payload));
  if (!call) return std::nullopt;
  received.name = std::move(call->name);
  received.payload = std::move(call->args);
  return received;
}

std::string encode(const Call& call) {
  const std::string_view args(call.args);
  const std::size_t first = std::min(args.find_first_not_of(" \t\r\n", 1), args.size());
  const bool none = args.substr(first).starts_with(']');
  std::string payload = "[";
  append_string(payload, call.name);
  return payload.append(none ? "" : ",").append(args.substr(first));
}

std::optional<Call> read_call(std::string payload) {
  std::string_view name;
  std::size_t second = 0;  // where the second element starts
  JsonScanner in(payload);
  const bool fine = in.array(max_depth, [&](std::string_view element) {
    if (name.empty())
      name = element;
    else if (second == 0)
      second = static_cast<std::size_t>(element.data() - payload.data());
  });
  if (!fine || !in.end() || name.empty()) return std::nullopt;
  const bool number = name.front() == '-' || is_digit(name.front());  // which the reference takes, too
  if (name.front() != '"' && !number) return std::nullopt;
  Call call{.name = number ? std::string(name) : unescape(name.substr(1, name.size() - 2))};
  if (is_reserved(call.name)) return std::nullopt;
  if (second == 0) return call;
  // What is left of the text is the arguments: long ones are not copied.
  payload.erase(0, second - 1);
  payload.front() = '[';
  call.args = std::move(payload);
  return call;
}

}  // namespace parley::socket_io

#include "socket_io/client.hpp"

#include <algorithm>
#include <utility>

namespace parley::socket_io {
namespace {

constexpr std::string_view malformed = "malformed packet";
constexpr std::string_view out_of_turn = "packet out of turn";
constexpr std::string_view too_large = "attachments too large";

engine_io::Message message_of(const Packet& packet) {
  return {.data = encode(packet)};
}

}  // namespace

Turn Client::receive(std::optional<ReceivedPacket> packet) {
  if (partial_ || !packet) return refuse(malformed);
  if (packet->type == PacketType::connect) return connect(*std::move(packet));
  if (!is_in(packet->nsp)) return refuse(out_of_turn);
  if (packet->type == PacketType::disconnect) return disconnect(*std::move(packet));
  return data(*std::move(packet));
}

Turn Client::connect(ReceivedPacket packet) {
  if (is_in(packet.nsp)) return refuse(out_of_turn);
  if (std::ranges::find(config_.namespaces, packet.nsp) == config_.namespaces.end())
    return {.answers = {message_of({.type = PacketType::connect_error,
                                    .nsp = packet.nsp,
                                    .payload = R"({"message":"Invalid namespace"})"})}};
  connected_ = true;
  namespaces_.push_back(packet.nsp);
  // Not the transport's sid, which is a secret: this one, applications show to others.
  std::string sid = config_.transport.make_sid();
  const std::string payload = R"({"sid":")" + sid + R"("})";
  if (packet.payload.empty()) packet.payload = "{}";
  return {.answers = {message_of({.type = PacketType::connect, .nsp = packet.nsp, .payload = payload})},
          .told = {output::Connected{.session = session_,
                                     .nsp = std::move(packet.nsp),
                                     .sid = std::move(sid),
                                     .auth = std::move(packet.payload)}}};
}

Turn Client::disconnect(ReceivedPacket packet) {
  std::erase(namespaces_, packet.nsp);
  return {.told = {output::Disconnected{
              .session = session_, .nsp = std::move(packet.nsp), .reason = "client left"}}};
}

Turn Client::data(ReceivedPacket packet) {
  if (packet.attachments > config_.limits.attachments) return refuse(too_large);
  Partial partial{.packet = {}, .attachments = packet.attachments};
  if (packet.type == PacketType::event || packet.type == PacketType::binary_event) {
    partial.packet = output::Event{.session = session_,
                                   .nsp = std::move(packet.nsp),
                                   .name = std::move(packet.name),
                                   .args = std::move(packet.payload),
                                   .ack = packet.id};
  } else {
    partial.packet = output::Acknowledged{.session = session_,
                                          .nsp = std::move(packet.nsp),
                                          .id = packet.id.value_or(0),
                                          .args = std::move(packet.payload)};
  }
  if (packet.attachments == 0) return complete(std::move(partial));
  partial_ = std::move(partial);
  return {};
}

Turn Client::receive_attachment(std::string bytes) {
  if (!partial_) return refuse(malformed);
  partial_->bytes += bytes.size();
  if (partial_->bytes > config_.limits.attachment_bytes) return refuse(too_large);
  const std::size_t have = std::visit(
      [&](auto& packet) {
        packet.attachments.push_back(std::move(bytes));
        return packet.attachments.size();
      },
      partial_->packet);
  if (have < partial_->attachments) return {};
  return complete(*std::exchange(partial_, std::nullopt));
}

Turn Client::complete(Partial partial) {
  Turn turn;
  std::visit([&](auto& packet) { turn.told.emplace_back(std::move(packet)); }, partial.packet);
  return turn;
}

Turn Client::refuse(std::string_view reason) {
  partial_.reset();
  return {.told = leave_all(reason), .close = true};
}

Outputs Client::leave_all(std::string_view reason) {
  Outputs told;
  for (std::string& nsp : std::exchange(namespaces_, {}))
    told.emplace_back(output::Disconnected{.session = session_, .nsp = std::move(nsp), .reason = reason});
  return told;
}

bool Client::leave(std::string_view nsp) {
  return std::erase(namespaces_, nsp) > 0;
}

bool Client::is_in(std::string_view nsp) const {
  return std::ranges::find(namespaces_, nsp) != namespaces_.end();
}

}  // namespace parley::socket_io

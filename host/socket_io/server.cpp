#include "socket_io/server.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/overloaded.hpp"

namespace parley::socket_io {

void read(Arrivals& arrivals) {
  for (Arrival& each : arrivals) {
    auto* received = std::get_if<engine_io::output::Received>(&each.what);
    if (received != nullptr && !received->message.binary)
      each.packet = read(std::move(received->message.data));
  }
}

void Server::take(engine_io::Outputs& out, Arrivals& arrivals) {
  const auto is_for_network = [](const engine_io::Output& each) {
    return std::visit(overloaded{
                          [](const engine_io::output::Opened&) { return false; },
                          [](const engine_io::output::Received&) { return false; },
                          [](const engine_io::output::Ended&) { return false; },
                          [](const auto&) { return true; },
                      },
                      each);
  };
  for (engine_io::Output& each : out) {
    if (!is_for_network(each)) arrivals.push_back({.what = std::move(each)});
  }
  std::erase_if(out, [&](const engine_io::Output& each) { return !is_for_network(each); });
}

Outputs Server::advance(engine_io::Outputs& out, Instant now) {
  Arrivals arrivals;
  take(out, arrivals);
  read(arrivals);
  return advance(arrivals, out, now);
}

Outputs Server::advance(Arrivals& arrivals, engine_io::Outputs& out, Instant now) {
  Outputs told;
  // What answers lead to is a session's end, where too much waits: nothing that would have to be read.
  for (; !arrivals.empty(); take(out, arrivals)) {
    for (Arrival& each : arrivals)
      std::visit(
          overloaded{
              [&](engine_io::output::Opened& it) { opened(it.session, now); },
              [&](engine_io::output::Received& it) { received(it, std::move(each.packet), now, out, told); },
              [&](engine_io::output::Ended& it) { ended(it.session, it.reason, told); },
              [](auto&) {},
          },
          each.what);
    arrivals.clear();
  }
  return told;
}

void Server::opened(SessionId session, Instant now) {
  const Instant due = now + config_.limits.connect;
  clients_.emplace(session, Entry{.client = Client(session, config_), .connect_due = due});
  unconnected_.emplace(due, session);
}

void Server::received(engine_io::output::Received& received, std::optional<ReceivedPacket> packet,
                      Instant now, engine_io::Outputs& out, Outputs& told) {
  const SessionId session = received.session;
  const auto found = clients_.find(session);
  if (found == clients_.end()) return;
  auto& [client, due] = found->second;
  Turn turn = received.message.binary ? client.receive_attachment(std::move(received.message.data))
                                      : client.receive(std::move(packet));
  if (client.connected()) unconnected_.erase({due, session});
  for (engine_io::Message& answer : turn.answers) sessions_.send(session, std::move(answer), now, out);
  std::ranges::move(turn.told, std::back_inserter(told));
  if (turn.close) {
    unconnected_.erase({due, session});
    clients_.erase(found);
    sessions_.close(session, now, out);
  }
}

void Server::ended(SessionId session, engine_io::EndReason reason, Outputs& told) {
  const auto found = clients_.find(session);
  if (found == clients_.end()) return;
  std::ranges::move(found->second.client.leave_all(name_of(reason)), std::back_inserter(told));
  unconnected_.erase({found->second.connect_due, session});
  clients_.erase(found);
}

void Server::emit(SessionId session, std::string_view nsp, const Emit& event, Instant now,
                  engine_io::Outputs& out) {
  const std::string payload = encode(Call{.name = std::string(event.name), .args = std::string(event.args)});
  send(session,
       {.type = event.attachments.empty() ? PacketType::event : PacketType::binary_event,
        .nsp = nsp,
        .id = event.ack,
        .payload = payload},
       event.attachments, now, out);
}

void Server::emit_written(SessionId session, std::string_view nsp, std::string packet, Instant now,
                          engine_io::Outputs& out) {
  if (is_in(session, nsp)) sessions_.send(session, {.data = std::move(packet)}, now, out);
}

void Server::acknowledge(SessionId session, std::string_view nsp, std::uint64_t id, std::string_view args,
                         std::span<const std::string> attachments, Instant now, engine_io::Outputs& out) {
  send(session,
       {.type = attachments.empty() ? PacketType::ack : PacketType::binary_ack,
        .nsp = nsp,
        .id = id,
        .payload = args},
       attachments, now, out);
}

void Server::disconnect(SessionId session, std::string_view nsp, Instant now, engine_io::Outputs& out) {
  send(session, {.type = PacketType::disconnect, .nsp = nsp}, {}, now, out);
  if (const auto found = clients_.find(session); found != clients_.end())
    static_cast<void>(found->second.client.leave(nsp));
}

void Server::send(SessionId session, const Packet& packet, std::span<const std::string> attachments,
                  Instant now, engine_io::Outputs& out) {
  if (!is_in(session, packet.nsp)) return;
  Packet announced = packet;
  announced.attachments = attachments.size();
  sessions_.send(session, {.data = encode(announced)}, now, out);
  for (const std::string& bytes : attachments)
    sessions_.send(session, {.binary = true, .data = bytes}, now, out);
}

bool Server::is_in(SessionId session, std::string_view nsp) const {
  const auto found = clients_.find(session);
  return found != clients_.end() && found->second.client.is_in(nsp);
}

void Server::expire(Instant now, engine_io::Outputs& out) {
  while (!unconnected_.empty() && unconnected_.begin()->first <= now) {
    const SessionId session = unconnected_.begin()->second;
    unconnected_.erase(unconnected_.begin());
    clients_.erase(session);  // in no namespace, so nobody is to be told
    sessions_.close(session, now, out);
  }
  sessions_.expire(now, out);
}

std::optional<Instant> Server::next_timeout() const {
  const auto transport = sessions_.next_timeout();
  if (unconnected_.empty()) return transport;
  const Instant connect = unconnected_.begin()->first;
  return transport ? std::min(*transport, connect) : connect;
}

}  // namespace parley::socket_io

#include "socket_io/server.hpp"

#include <algorithm>
#include <variant>

#include "hub/overloaded.hpp"

namespace parley::socket_io {

Outputs Server::advance(engine_io::Outputs& out, Instant now) {
  Outputs told;
  engine_io::Outputs kept;
  // What the answers lead to (a session's end, where too much waits) is appended to the rest, and read there.
  for (engine_io::Outputs rest = std::exchange(out, {}); !rest.empty(); rest = std::exchange(out, {})) {
    for (engine_io::Output& each : rest)
      std::visit(hub::overloaded{
                     [&](engine_io::output::Opened& it) { opened(it.session, now); },
                     [&](engine_io::output::Received& it) {
                       received(it.session, std::move(it.message), now, out, told);
                     },
                     [&](engine_io::output::Ended& it) { ended(it.session, it.reason, told); },
                     [&](auto& network) { kept.emplace_back(std::move(network)); },
                 },
                 each);
  }
  out = std::move(kept);
  return told;
}

void Server::opened(SessionId session, Instant now) {
  const Instant due = now + config_.limits.connect;
  clients_.emplace(session, Entry{.client = Client(session, config_), .connect_due = due});
  unconnected_.emplace(due, session);
}

void Server::received(SessionId session, engine_io::Message message, Instant now, engine_io::Outputs& out,
                      Outputs& told) {
  const auto found = clients_.find(session);
  if (found == clients_.end()) return;
  auto& [client, due] = found->second;
  Turn turn = client.receive(std::move(message));
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

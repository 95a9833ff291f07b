#include "engine_io/sessions.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "engine_io/query.hpp"

namespace parley::engine_io {
namespace {

output::CloseSocket close_of(SocketId socket) {
  constexpr std::uint16_t policy = 1008;
  return {.socket = socket, .code = policy, .reason = "there is no such session, or no room for one"};
}

}  // namespace

template <class Turn>
void Sessions::take_turn(SessionId id, Turn&& turn) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  auto& [session, due, kept] = found->second;
  buffered_bytes_ -= session.buffered_bytes();
  turn(session);
  if (!session.gone()) buffered_bytes_ += session.buffered_bytes();
  const auto next = session.next_timeout();
  if (next != due) {
    if (due) timeouts_.erase({*due, id});
    if (next) timeouts_.emplace(*next, id);
    due = next;
  }
  if (!session.gone()) return;
  ids_.erase(session.sid());
  sessions_.erase(found);
}

SessionId Sessions::request(const Request& request, Instant now, Outputs& out) {
  const auto refuse = [&](Refusal refusal) {
    out.emplace_back(answer_of(request.id, refusal));
    return SessionId{0};
  };
  const auto read = read_query(request.query);
  if (const auto* refusal = std::get_if<Refusal>(&read)) return refuse(*refusal);
  const auto& query = std::get<Query>(read);
  const bool get = request.method == "GET";

  if (query.sid.empty() && !get) return refuse(Refusal::bad_handshake_method);
  if (query.transport == Transport::websocket) return refuse(Refusal::bad_request);
  if (!get && request.method != "POST") return refuse(Refusal::bad_request);

  const SessionId id = query.sid.empty() ? create(request.kept) : find(query.sid);
  if (id == 0) return refuse(query.sid.empty() ? Refusal::no_room : Refusal::unknown_sid);
  if (get)
    handle(id, input::Poll{.request = request.id}, now, out);
  else
    handle(id, input::PostBegins{.request = request.id, .length = request.content_length}, now, out);
  return id;
}

std::optional<Refusal> Sessions::refusal_of_socket(std::string_view query) const {
  const auto read = read_query(query);
  if (const auto* refusal = std::get_if<Refusal>(&read)) return *refusal;
  const auto& [transport, sid] = std::get<Query>(read);
  if (transport != Transport::websocket) return Refusal::bad_request;
  if (sid.empty() && sessions_.size() >= config_.limits.sessions) return Refusal::no_room;
  if (!sid.empty() && find(sid) == 0) return Refusal::unknown_sid;
  return std::nullopt;
}

SessionId Sessions::socket_opened(SocketId socket, std::string_view query, Instant now, Outputs& out,
                                  std::shared_ptr<const void> kept) {
  const auto read = read_query(query);
  const auto* wanted = std::get_if<Query>(&read);
  const bool fine = wanted != nullptr && wanted->transport == Transport::websocket;
  const SessionId id = !fine ? 0 : wanted->sid.empty() ? create(std::move(kept)) : find(wanted->sid);
  if (id == 0)
    out.emplace_back(close_of(socket));
  else
    handle(id, input::SocketOpened{.socket = socket}, now, out);
  return id;
}

input::Post Sessions::read_post(RequestId request, std::string_view body) const {
  input::Post post{.request = request, .bytes = body.size()};
  if (post.bytes <= config_.limits.payload_bytes)
    post.packets = decode_payload(body, config_.limits.payload_packets);
  return post;
}

input::SocketText Sessions::read_text(SocketId socket, std::string_view text) const {
  input::SocketText read{.socket = socket, .bytes = text.size()};
  if (read.bytes <= config_.limits.payload_bytes) read.packet = decode_text(text);
  return read;
}

void Sessions::handle(SessionId session, Input input, Instant now, Outputs& out) {
  const auto* post = std::get_if<input::Post>(&input);
  if (post != nullptr && !sessions_.contains(session))
    out.emplace_back(answer_of(post->request, Refusal::unknown_sid));
  take_turn(session, [&](Session& it) { it.handle(std::move(input), now, out); });
}

void Sessions::send(SessionId session, Message message, Instant now, Outputs& out) {
  take_turn(session, [&](Session& it) { it.send(std::move(message), now, out); });
  if (buffered_bytes_ > config_.limits.buffered_bytes_together) relieve(now, out);
}

void Sessions::close(SessionId session, Instant now, Outputs& out) {
  take_turn(session, [&](Session& it) { it.close(now, out); });
}

void Sessions::ask(SessionId session, Instant now, Outputs& out) {
  take_turn(session, [&](Session& it) { it.ask(now, out); });
}

void Sessions::give_up(SessionId session, Instant now, Outputs& out) {
  take_turn(session, [&](Session& it) { it.give_up(now, out); });
}

/// Looks at all sessions, so it frees an eighth at once.
void Sessions::relieve(Instant now, Outputs& out) {
  std::vector<std::pair<std::size_t, SessionId>> behind;
  for (const auto& [id, entry] : sessions_) {
    if (entry.session.buffered_bytes() > 0) behind.emplace_back(entry.session.buffered_bytes(), id);
  }
  std::ranges::sort(behind, std::ranges::greater{});
  const std::size_t enough = config_.limits.buffered_bytes_together / 8 * 7;
  for (auto next = behind.begin(); next != behind.end() && buffered_bytes_ > enough; ++next)
    give_up(next->second, now, out);
}

void Sessions::close_all(Instant now, Outputs& out) {
  std::vector<SessionId> all;
  all.reserve(sessions_.size());
  for (const auto& [id, entry] : sessions_) all.push_back(id);
  for (const SessionId id : all) take_turn(id, [&](Session& it) { it.abandon(now, out); });
}

void Sessions::expire(Instant now, Outputs& out) {
  // Each turn moves the session's timeout past `now`, or forgets the session.
  while (!timeouts_.empty() && timeouts_.begin()->first <= now)
    handle(timeouts_.begin()->second, input::Timeout{}, now, out);
}

std::optional<SocketId> Sessions::socket_of(SessionId session) const {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? std::nullopt : found->second.session.socket();
}

std::optional<Instant> Sessions::next_timeout() const {
  return timeouts_.empty() ? std::nullopt : std::optional(timeouts_.begin()->first);
}

SessionId Sessions::create(std::shared_ptr<const void> kept) {
  if (sessions_.size() >= config_.limits.sessions) return 0;
  std::string sid = config_.make_sid();
  if (!ids_.emplace(sid, last_id_ + 1).second)
    return 0;  // drawn twice: it is not as unguessable as it should be
  ++last_id_;
  sessions_.emplace(last_id_, Entry{.session = Session(last_id_, std::move(sid), config_),
                                    .due = std::nullopt,
                                    .kept = std::move(kept)});
  return last_id_;
}

SessionId Sessions::find(std::string_view sid) const {
  const auto found = ids_.find(sid);
  return found == ids_.end() ? 0 : found->second;
}

}  // namespace parley::engine_io

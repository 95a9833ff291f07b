#include "dialects/fastapi.hpp"

#include <array>

#include "base/json_text.hpp"
#include "base/overloaded.hpp"
#include "dialects/error_text.hpp"
#include "dialects/fields.hpp"
#include "dialects/signal_words.hpp"

namespace parley::dialects::fastapi {
namespace {

using hub::command::Audience;
using hub::command::SignalKind;

enum Field : std::size_t { type, offer, answer, candidate, target };

constexpr std::array<std::string_view, 5> names{"type", "offer", "answer", "candidate", "target_peer_id"};

hub::Command signal(Fields& in, SignalKind kind, PooledString payload) {
  auto to = in.optional_text(target).value_or("");
  const auto audience = to.empty() ? Audience::others : Audience::member;
  return hub::command::Signal{
      .to = std::move(to), .audience = audience, .kind = kind, .payload = std::move(payload)};
}

hub::Command read_command(std::string_view type_name, Fields& in) {
  if (type_name == "offer") return signal(in, SignalKind::offer, in.description(offer, "offer"));
  if (type_name == "answer") return signal(in, SignalKind::answer, in.description(answer, "answer"));
  if (type_name == "ice_candidate") return signal(in, SignalKind::candidate, in.candidate(candidate));
  return refused(hub::ErrorCode::unknown_type, "Send an offer, an answer or an ice_candidate.");
}

void write(const hub::event::Joined& joined, std::string& out) {
  std::vector<std::string> ids;
  for (const hub::Member& peer : joined.peers) ids.push_back(peer.id);
  out += R"({"type":"existing_peers","peers":)";
  append_strings(out, ids);
  out += '}';
}

void write_peer(std::string_view type_name, std::string_view id, std::string& out) {
  out.append(R"({"type":")").append(type_name).append(R"(","peer_id":)");
  append_string(out, id);
  out += '}';
}

void write(const hub::event::Signal& signal, std::string& out) {
  const auto [type_name, field] = words_for(signal.kind);
  if (type_name.empty()) return;
  out.append(R"({"type":")").append(type_name).append("\",\"").append(field).append("\":");
  out += signal.payload;
  if (!signal.to.empty()) {
    out += R"(,"target_peer_id":)";
    append_string(out, signal.to);
  }
  out += R"(,"from_peer_id":)";
  append_string(out, signal.from);
  out += '}';
}

}  // namespace

hub::Message open(const RoomAddress& at) {
  return {.type = "connect",
          .command = hub::command::Join{.room = at.room, .peer = at.peer, .or_close = true}};
}

hub::Message decode(std::string_view text, const RoomAddress&) {
  return read_message(text, names, type, read_command);
}

void encode(const hub::Delivery& delivery, std::string& out) {
  std::visit(
      overloaded{
          [&](const hub::event::Joined& joined) { write(joined, out); },
          [&](const hub::event::PeerJoined& joined) { write_peer("peer_joined", joined.peer.id, out); },
          [&](const hub::event::PeerLeft& left) { write_peer("peer_left", left.id, out); },
          [&](const hub::event::Signal& signal) { write(signal, out); },
          [&](const hub::event::Error& error) { append_error(out, error); },
          [](const auto&) {},
      },
      delivery.event->body);
}

}  // namespace parley::dialects::fastapi

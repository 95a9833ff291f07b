#include "dialects/sim.hpp"

#include <array>

#include "base/json_text.hpp"
#include "base/overloaded.hpp"
#include "dialects/error_text.hpp"
#include "dialects/fields.hpp"

namespace parley::dialects::sim {
namespace {

using hub::command::Audience;
using hub::command::SignalKind;

enum Field : std::size_t { type, sim_number, sdp, candidate, token };

constexpr std::array<std::string_view, 5> names{"type", "simNumber", "sdp", "candidate", "token"};

hub::command::Signal signal(SignalKind kind, PooledString payload) {
  return {.audience = Audience::partner, .kind = kind, .payload = std::move(payload)};
}

/// Who streams is there: an offer joins.
hub::Command read_offer(Fields& in, const RoomAddress& at) {
  auto offer = signal(SignalKind::offer, in.description(sdp, "offer"));
  offer.enter = at.room;
  return offer;
}

hub::Command read_command(std::string_view type_name, Fields& in, const RoomAddress& at) {
  if (in.has(sim_number) && in.text(sim_number) != at.peer) {
    in.fail(sim_number, "must be the number in the address.");
  }
  if (type_name == "join")
    return hub::command::Join{.room = at.room, .peer = at.peer, .token = read_token(in, token)};
  if (type_name == "offer") return read_offer(in, at);
  if (type_name == "ice-candidate") return signal(SignalKind::candidate, in.candidate(candidate));
  if (type_name == "leave") return hub::command::Leave{};
  return refused(hub::ErrorCode::unknown_type, "Send a join, an offer, an ice-candidate or a leave.");
}

void write(const hub::event::Joined& joined, std::string& out) {
  out += R"({"type":"joined","simNumber":)";
  append_string(out, joined.self);
  out += R"(,"message":"Successfully joined room"})";
}

/// Who publishes is told of answers and candidates only: it never answers.
void write(const hub::event::Signal& signal, std::string& out) {
  if (signal.kind == SignalKind::answer)
    out.append(R"({"type":"answer","sdp":)").append(signal.payload).append("}");
  if (signal.kind == SignalKind::candidate) {
    out.append(R"({"type":"ice-candidate","candidate":)").append(signal.payload).append("}");
  }
}

/// The stream goes on where its video is transcoded, or a part of it left out.
void write(const hub::event::Error& error, std::string& out) {
  const bool goes_on = error.code == hub::ErrorCode::transcoded || error.code == hub::ErrorCode::left_out;
  append_error(out, error, goes_on ? "notice" : "error");
}

}  // namespace

hub::Message decode(std::string_view text, const RoomAddress& at) {
  return read_message(text, names, type, [&](std::string_view type_name, Fields& in) {
    return read_command(type_name, in, at);
  });
}

void encode(const hub::Delivery& delivery, std::string& out) {
  std::visit(overloaded{
                 [&](const hub::event::Joined& joined) { write(joined, out); },
                 [&](const hub::event::Signal& signal) { write(signal, out); },
                 [&](const hub::event::Error& error) { write(error, out); },
                 [](const auto&) {},
             },
             delivery.event->body);
}

}  // namespace parley::dialects::sim

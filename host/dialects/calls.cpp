#include "dialects/calls.hpp"

#include <array>
#include <ctime>

#include "base/json_text.hpp"
#include "base/overloaded.hpp"
#include "dialects/error_text.hpp"
#include "dialects/fields.hpp"
#include "dialects/signal_words.hpp"

namespace parley::dialects::calls {
namespace {

using hub::command::Audience;
using hub::command::SignalKind;

enum Field : std::size_t { type, username, user_id, target, caller, data, token };

constexpr std::array<std::string_view, 7> names{
    "type", "username", "user_id", "target_username", "caller_username", "data", "token"};

hub::Command signal(SignalKind kind, PooledString payload, Fields& in) {
  return hub::command::Signal{
      .to = in.text(target), .audience = Audience::user, .kind = kind, .payload = std::move(payload)};
}

hub::Command read_command(std::string_view type_name, Fields& in, const RoomAddress& at) {
  if (type_name == "register") {
    return hub::command::Register{.name = in.text(username),
                                  .user_id = in.text(user_id),
                                  .room = at.room,
                                  .token = read_token(in, token)};
  }
  if (type_name == "call_request") return hub::command::Call{in.text(target)};
  if (type_name == "call_accepted") return hub::command::AcceptCall{in.text(caller)};
  if (type_name == "call_rejected") return hub::command::RejectCall{in.text(caller)};
  if (type_name == "call_ended") return hub::command::EndCall{in.text(target)};
  if (type_name == "offer") return signal(SignalKind::offer, in.description(data, "offer"), in);
  if (type_name == "answer") return signal(SignalKind::answer, in.description(data, "answer"), in);
  if (type_name == "ice_candidate") return signal(SignalKind::candidate, in.candidate(data), in);
  return refused(hub::ErrorCode::unknown_type,
                 "Send a register, call_request, call_accepted, call_rejected, call_ended, offer, answer or "
                 "ice_candidate.");
}

/// As Python writes it: "2025-11-01T14:30:00", in UTC.
std::string text_of(std::chrono::system_clock::time_point at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc)};
}

void write_user(std::string_view name_field, std::string_view id_field, const hub::event::User& user,
                std::string& out) {
  out.append("\"").append(name_field).append("\":");
  append_string(out, user.name);
  out.append(",\"").append(id_field).append("\":");
  append_string(out, user.id);
  out += '}';
}

std::string list_of(const hub::event::UsersOnline& online) {
  std::string out = R"({"type":"online_users","users":[)";
  for (const hub::event::User& user : online.users) {
    if (&user != &online.users.front()) out += ',';
    out += '{';
    write_user("username", "user_id", user, out);
  }
  return out + R"(],"timestamp":")" + text_of(online.at) + "\"}";
}

/// A message that says nothing but who did something.
void write_by(std::string_view type_name, std::string_view field, std::string_view name, std::string& out) {
  out.append(R"({"type":")").append(type_name).append("\",\"").append(field).append("\":");
  append_string(out, name);
  out += '}';
}

void write(const hub::event::Signal& signal, std::string& out) {
  const auto type_name = words_for(signal.kind).type;
  if (type_name.empty()) return;
  out.append(R"({"type":")").append(type_name).append(R"(","from_username":)");
  append_string(out, signal.from);
  out.append(R"(,"data":)").append(signal.payload).append("}");
}

}  // namespace

hub::Message decode(std::string_view text, const RoomAddress& at) {
  return read_message(text, names, type, [&](std::string_view type_name, Fields& in) {
    return read_command(type_name, in, at);
  });
}

const std::string* shared_text(const hub::Delivery& delivery) {
  const auto* online = std::get_if<hub::event::UsersOnline>(&delivery.event->body);
  if (online == nullptr) return nullptr;
  return &delivery.event->encodings.in(hub::Dialect::calls, [&] { return list_of(*online); });
}

void encode(const hub::Delivery& delivery, std::string& out) {
  using namespace hub::event;
  std::visit(
      overloaded{
          [&](const Registered& registered) {
            out += R"({"type":"registered",)";
            write_user("username", "user_id", registered.user, out);
          },
          [&](const UsersOnline&) { out += *shared_text(delivery); },
          [&](const CallIncoming& call) {
            out += R"({"type":"incoming_call",)";
            write_user("caller_username", "caller_id", call.caller, out);
          },
          [&](const CallAccepted& call) {
            write_by("call_accepted", "accepter_username", call.with.name, out);
          },
          [&](const CallRejected& call) { write_by("call_rejected", "rejecter_username", call.by, out); },
          [&](const CallEnded& call) { write_by("call_ended", "from_username", call.by, out); },
          // Its document has no other word for it. Who is replaced is back in a moment.
          [&](const PeerLeft& left) {
            if (left.reason != hub::LeaveReason::replaced) {
              write_by("call_ended", "from_username", left.id, out);
            }
          },
          [&](const Signal& signal) { write(signal, out); },
          [&](const Error& error) { append_error(out, error); },
          [](const auto&) {},
      },
      delivery.event->body);
}

}  // namespace parley::dialects::calls

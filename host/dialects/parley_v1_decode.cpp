#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/json_object.hpp"
#include "base/sha256.hpp"
#include "dialects/fields.hpp"
#include "dialects/parley_v1.hpp"
#include "dialects/room_rules_json.hpp"
#include "hub/config.hpp"
#include "hub/names.hpp"

namespace parley::dialects::parley_v1 {
namespace {

enum Field : std::size_t {
  type,
  seq,
  ack,
  to,
  description,
  candidate,
  link,
  room,
  peer,
  name,
  meta,
  incarnation,
  resume,
  id,
  secret,
  former,
  reason,
  call_id,
  token,
  action,
  what,
  rules,
};

constexpr std::array<std::string_view, 22> field_names{
    "type",   "seq",    "ack",   "to",          "description", "candidate", "link",   "room",
    "peer",   "name",   "meta",  "incarnation", "resume",      "id",        "secret", "former",
    "reason", "callId", "token", "action",      "what",        "rules"};

enum ResumeField : std::size_t { resume_session, resume_ack };

constexpr std::array<std::string_view, 2> resume_field_names{"session", "ack"};

hub::command::Signal read_signal(Fields& in) {
  hub::command::Signal signal{.to = in.text(to)};
  if (in.has(description) == in.has(candidate)) {
    in.fail(description, "or \"candidate\" must be there, and only one of them.");
  }
  signal.payload = in.object(in.has(candidate) ? candidate : description);
  signal.kind = in.has(candidate) ? hub::command::SignalKind::candidate : kind_of(signal.payload);
  if (in.has(link)) signal.link = in.object(link);
  return signal;
}

std::optional<hub::command::Resume> read_resume(Fields& in) {
  if (!in.has(resume)) return std::nullopt;
  JsonObject object(resume_field_names);
  if (!object.read(in.object(resume))) return std::nullopt;
  Fields inner(object, resume_field_names);
  hub::command::Resume wish{.session = inner.text(resume_session), .ack = inner.number(resume_ack, 0)};
  if (!inner.fault().empty()) in.fail(resume, "must be {\"session\":\"…\",\"ack\":N}: " + inner.fault());
  return wish;
}

/// What the others see of a page's secret, which they do not get to know: who can show it is that page, also
/// to a host that was restarted and knows nobody.
std::string read_secret(Fields& in, Field field) {
  const std::string text = in.text(field);
  const std::size_t most = hub::Limits{}.incarnation_bytes;
  if (hub::is_incarnation(text, most)) return sha256_hex(text);
  in.fail(field, "must be 1 to " + std::to_string(most) + " printable ASCII characters.");
  return {};
}

hub::command::Join read_join(Fields& in) {
  return {.room = in.text(room),
          .peer = in.optional_text(peer),
          .name = in.optional_text(name).value_or(""),
          .meta = in.json(meta).value_or("{}"),
          // Its name before there were secrets.
          .incarnation = read_secret(in, in.has(incarnation) && !in.has(secret) ? incarnation : secret),
          .former = in.has(former) ? read_secret(in, former) : "",
          .resume = read_resume(in),
          .token = read_token(in, token)};
}

hub::command::Update read_update(Fields& in) {
  hub::command::Update update{.name = in.optional_text(name), .meta = in.json(meta)};
  if (!update.name && !update.meta) in.fail(name, "or \"meta\" must be there.");
  return update;
}

hub::command::Register read_register(Fields& in) {
  auto user = in.text(name);
  return {.name = user,
          .user_id = in.optional_text(id).value_or(user),
          .secret = in.text(secret),
          .former = in.optional_text(former),
          .token = read_token(in, token)};
}

hub::command::RejectCall read_reject(Fields& in) {
  using hub::RejectReason;
  hub::command::RejectCall reject{.caller = in.text(name), .id = in.number(call_id, 1)};
  const auto word = in.optional_text(reason);
  if (!word) return reject;
  constexpr std::array reasons{RejectReason::rejected, RejectReason::busy, RejectReason::timed_out};
  const auto* meant = std::ranges::find(reasons, *word, [](RejectReason each) { return name_of(each); });
  if (meant == reasons.end()) {
    in.fail(reason, "must be \"rejected\", \"busy\" or \"timed-out\".");
    return reject;
  }
  reject.reason = *meant;
  return reject;
}

hub::command::Moderate read_moderate(Fields& in) {
  using Action = hub::command::Moderate::Action;
  constexpr std::array<std::pair<std::string_view, Action>, 9> actions{{{"admit", Action::admit},
                                                                        {"refuse", Action::refuse},
                                                                        {"remove", Action::remove},
                                                                        {"allow", Action::allow},
                                                                        {"ask", Action::ask},
                                                                        {"appoint", Action::appoint},
                                                                        {"resign", Action::resign},
                                                                        {"rules", Action::rules},
                                                                        {"end", Action::end}}};
  const std::string word = in.text(action);
  const auto* const meant = std::ranges::find(actions, word, &std::pair<std::string_view, Action>::first);
  hub::command::Moderate wish;
  if (meant == actions.end()) {
    in.fail(action, "must be admit, refuse, remove, allow, ask, appoint, resign, rules or end.");
    return wish;
  }
  wish.action = meant->second;
  const bool of_all = wish.action == Action::admit || wish.action == Action::refuse ||
                      wish.action == Action::resign || wish.action == Action::rules ||
                      wish.action == Action::end;
  wish.id = of_all ? in.optional_text(id).value_or("") : in.text(id);
  if (wish.action == Action::ask) {
    wish.what = in.text(what);
    constexpr std::array<std::string_view, 3> slots{"microphone", "camera", "screen"};
    if (std::ranges::find(slots, wish.what) == slots.end())
      in.fail(what, "must be microphone, camera or screen.");
  }
  if (wish.action == Action::rules) wish.rules = read_rules(in, rules);
  return wish;
}

hub::Command read_command(std::string_view type, Fields& in) {
  if (type == "signal") return read_signal(in);
  if (type == "ack") return hub::command::Ack{};
  if (type == "ping") return hub::command::Ping{};
  if (type == "join") return read_join(in);
  if (type == "update") return read_update(in);
  if (type == "moderate") return read_moderate(in);
  if (type == "renew") return hub::command::Renew{.token = {.text = in.text(token)}};
  if (type == "leave") return hub::command::Leave{};
  if (type == "register") return read_register(in);
  if (type == "users") return hub::command::NextUsers{};
  if (type == "call") return hub::command::Call{in.text(name), in.number(call_id, 1)};
  if (type == "accept") return hub::command::AcceptCall{in.text(name), in.number(call_id, 1)};
  if (type == "reject") return read_reject(in);
  if (type == "cancel" || type == "hangup") {
    return hub::command::EndCall{in.text(name), in.number(call_id, 1)};
  }
  return refused(hub::ErrorCode::unknown_type,
                 "This host knows no message of this type. See parley-v1.md for those it does.");
}

}  // namespace

hub::Message decode(std::string_view text) {
  JsonObject object(field_names);
  if (auto fault = detail::fault_of_text(text, object)) return {.command = *std::move(fault)};
  Fields in(object, field_names);
  const std::uint64_t number = in.number(seq, 1);
  const std::uint64_t handled = in.number(ack, 0);
  hub::Message message = read_message(in, field_names[type], type, read_command);
  // A message that is refused was received all the same.
  message.seq = number;
  message.ack = handled;
  return message;
}

Result<hub::command::Moderate, std::string> decode_moderate(std::string_view text) {
  JsonObject object(field_names);
  if (!object.read(text)) return Failure(std::string("The body must be a JSON object."));
  Fields in(object, field_names);
  auto wish = read_moderate(in);
  if (!in.fault().empty()) return Failure(in.fault());
  return wish;
}

}  // namespace parley::dialects::parley_v1

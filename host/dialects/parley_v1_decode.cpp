#include <array>
#include <optional>
#include <string>
#include <utility>

#include "dialects/fields.hpp"
#include "dialects/json_object.hpp"
#include "dialects/parley_v1.hpp"
#include "dialects/utf8.hpp"

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
};

constexpr std::array<std::string_view, 13> field_names{
    "type", "seq",  "ack",  "to",   "description", "candidate", "link",
    "room", "peer", "name", "meta", "incarnation", "resume"};

enum ResumeField : std::size_t { resume_session, resume_ack };

constexpr std::array<std::string_view, 2> resume_field_names{"session", "ack"};

/// A longer one is nobody's, and need not be sent back in an error.
constexpr std::size_t max_type_bytes = 64;

hub::command::Signal read_signal(Fields& in) {
  hub::command::Signal signal{.to = in.text(to)};
  if (in.has(description) == in.has(candidate)) {
    in.fail(description, "or \"candidate\" must be there, and only one of them.");
  }
  signal.payload = in.object(in.has(candidate) ? candidate : description);
  signal.carries = in.has(candidate) ? hub::command::Carries::candidate : kind_of(signal.payload);
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

hub::command::Join read_join(Fields& in) {
  return {.room = in.text(room),
          .peer = in.optional_text(peer),
          .name = in.optional_text(name).value_or(""),
          .meta = in.json(meta).value_or("{}"),
          .incarnation = in.text(incarnation),
          .resume = read_resume(in)};
}

hub::command::Update read_update(Fields& in) {
  hub::command::Update update{.name = in.optional_text(name), .meta = in.json(meta)};
  if (!update.name && !update.meta) in.fail(name, "or \"meta\" must be there.");
  return update;
}

hub::Command read_command(std::string_view type, Fields& in) {
  if (type == "signal") return read_signal(in);
  if (type == "ack") return hub::command::Ack{};
  if (type == "ping") return hub::command::Ping{};
  if (type == "join") return read_join(in);
  if (type == "update") return read_update(in);
  if (type == "leave") return hub::command::Leave{};
  return refused(hub::ErrorCode::unknown_type,
                 "This host knows no message of this type. See parley-v1.md for those it does.");
}

}  // namespace

hub::Message decode(std::string_view text) {
  if (!is_utf8(text)) return {.command = hub::command::NotUtf8{}};
  JsonObject object(field_names);
  if (!object.read(text)) {
    return {.command =
                refused(hub::ErrorCode::not_json, "A message must be one JSON object, nested at most " +
                                                      std::to_string(JsonObject::max_depth) + " deep.")};
  }
  Fields in(object, field_names);
  hub::Message message{.seq = in.number(seq, 1), .ack = in.number(ack, 0)};
  if (!in.has(type)) {
    message.command = refused(hub::ErrorCode::no_type, "A message must have a \"type\".");
    return message;
  }
  const std::string type_name = in.text(type);
  if (type_name.size() <= max_type_bytes) message.type = type_name;
  message.command = read_command(type_name, in);
  if (!in.fault().empty()) message.command = refused(hub::ErrorCode::bad_field, in.fault());
  return message;
}

}  // namespace parley::dialects::parley_v1

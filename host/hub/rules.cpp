#include "hub/rules.hpp"

#include <string>
#include <utility>

#include "hub/names.hpp"

namespace parley::hub {
namespace {

Failure<Refusal> bad_field(std::string sentence) {
  return refusal(ErrorCode::bad_field, std::move(sentence));
}

Done check(const std::string* name, const std::string* meta, const Limits& limits) {
  if (name && name->size() > limits.name_bytes) {
    return bad_field("\"name\" must be at most " + std::to_string(limits.name_bytes) + " bytes. Shorten it.");
  }
  if (meta && meta->size() > limits.meta_bytes) {
    return bad_field("\"meta\" must be at most " + std::to_string(limits.meta_bytes) +
                     " bytes of JSON. Send less in it.");
  }
  return {};
}

std::string incarnation_rule(const Limits& limits) {
  return " must be 1 to " + std::to_string(limits.incarnation_bytes) + " printable ASCII characters.";
}

}  // namespace

Done check(const command::Join& join, const Limits& limits) {
  const std::string id_rule =
      " must be 1 to " + std::to_string(limits.id_bytes) + " bytes of UTF-8 without control characters.";
  if (!is_id(join.room, limits.id_bytes)) return bad_field("\"room\"" + id_rule);
  // Browsers take these for steps in a path (WHATWG URL, "dot segments"): /r/.. is the start page.
  if (join.room == "." || join.room == "..")
    return bad_field("\"room\" must not be . or ..: no link leads there.");
  if (join.peer && !is_id(*join.peer, limits.id_bytes)) return bad_field("\"peer\"" + id_rule);
  if (!is_incarnation(join.incarnation, limits.incarnation_bytes)) {
    return bad_field("\"incarnation\"" + incarnation_rule(limits));
  }
  if (!join.former.empty() && !is_incarnation(join.former, limits.incarnation_bytes)) {
    return bad_field("\"former\"" + incarnation_rule(limits));
  }
  if (join.resume && join.resume->session.size() > limits.id_bytes) {
    return bad_field("\"resume\" must hold a session as `joined` gave it: at most " +
                     std::to_string(limits.id_bytes) + " bytes.");
  }
  return check(&join.name, &join.meta, limits);
}

Done check(const command::Register& wish, const Limits& limits) {
  if (!is_id(wish.name, limits.id_bytes) || !is_id(wish.user_id, limits.id_bytes)) {
    return bad_field("A user's name and id must be 1 to " + std::to_string(limits.id_bytes) +
                     " bytes of UTF-8 without control characters.");
  }
  if (wish.secret && !is_incarnation(*wish.secret, limits.incarnation_bytes)) {
    return bad_field("\"secret\"" + incarnation_rule(limits));
  }
  if (wish.former && !is_incarnation(*wish.former, limits.incarnation_bytes)) {
    return bad_field("\"former\"" + incarnation_rule(limits));
  }
  return {};
}

Done check(const command::Update& update, const Limits& limits) {
  return check(update.name ? &*update.name : nullptr, update.meta ? &*update.meta : nullptr, limits);
}

}  // namespace parley::hub

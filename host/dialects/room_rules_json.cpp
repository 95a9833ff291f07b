#include "dialects/room_rules_json.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/parse_json.hpp"

namespace parley::dialects {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t most_shown = 64;
constexpr std::uint64_t most_members = 1'000;
constexpr std::uint64_t longest_seconds = 366ULL * 86'400;

/// Reads fields, and remembers the first that was wrong.
class Reader {
 public:
  explicit Reader(const json& rules) : rules_(rules) {}

  std::optional<bool> flag(const char* name) {
    const auto found = rules_.find(name);
    if (found == rules_.end()) return std::nullopt;
    if (!found->is_boolean()) fail(name, "true or false");
    return found->is_boolean() ? std::optional(found->get<bool>()) : std::nullopt;
  }

  std::optional<std::uint64_t> number(const char* name, std::uint64_t most) {
    const auto found = rules_.find(name);
    if (found == rules_.end()) return std::nullopt;
    const bool fits = found->is_number_unsigned() && found->get<std::uint64_t>() <= most;
    if (!fits) fail(name, "a whole number from 0 to " + std::to_string(most));
    return fits ? std::optional(found->get<std::uint64_t>()) : std::nullopt;
  }

  std::optional<hub::Whom> whom(const char* name) {
    const auto found = rules_.find(name);
    if (found == rules_.end()) return std::nullopt;
    for (const hub::Whom each : {hub::Whom::everybody, hub::Whom::moderators})
      if (*found == name_of(each)) return each;
    fail(name, R"("everybody" or "moderators")");
    return std::nullopt;
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  void fail(const std::string& name, const std::string& what) {
    if (fault_.empty()) fault_ = '"' + name + "\" must be " + what + '.';
  }

  const json& rules_;
  std::string fault_;
};

}  // namespace

Result<hub::RuleChange, std::string> read_rule_change(std::string_view text) {
  const json rules = parse_json(text);
  if (!rules.is_object()) return Failure(std::string("Rules must be a JSON object."));
  // A rule that is spelled wrong would leave a room open.
  constexpr std::array<std::string_view, 7> names{"private", "locked", "waitingRoom", "members",
                                                  "share",   "chat",   "endsIn"};
  for (const auto& [name, value] : rules.items()) {
    if (std::ranges::find(names, name) == names.end())
      return Failure("There is no rule \"" + name.substr(0, most_shown) +
                     "\". There are private, locked, waitingRoom, members, share, chat and endsIn.");
  }
  Reader in(rules);
  hub::RuleChange change{
      .is_private = in.flag("private"), .locked = in.flag("locked"), .waiting_room = in.flag("waitingRoom")};
  if (const auto members = in.number("members", most_members))
    change.members = static_cast<std::size_t>(*members);
  change.share = in.whom("share");
  change.chat = in.whom("chat");
  if (const auto seconds = in.number("endsIn", longest_seconds))
    change.ends_in = std::chrono::seconds(*seconds);
  if (!in.fault().empty()) return Failure(in.fault());
  return change;
}

hub::RuleChange read_rules(Fields& in, std::size_t index) {
  auto change = read_rule_change(in.object(index));
  if (change) return *change;
  in.fail(index, "is not as it should be: " + change.error());
  return {};
}

ordered_json json_of(const hub::RoomRules& rules, std::chrono::seconds ends_in) {
  ordered_json json{{"private", rules.is_private},
                    {"locked", rules.locked},
                    {"waitingRoom", rules.waiting_room},
                    {"share", name_of(rules.share)},
                    {"chat", name_of(rules.chat)}};
  if (rules.members > 0) json["members"] = rules.members;
  if (rules.ends) json["endsIn"] = ends_in.count();
  return json;
}

ordered_json json_of(const hub::event::Lobby& lobby) {
  const auto of_guest = [](const hub::event::Lobby::Guest& guest) {
    ordered_json json{{"id", guest.id}, {"name", guest.name}};
    if (!guest.identity.empty()) json["identity"] = guest.identity;
    return json;
  };
  ordered_json json{{"waiting", ordered_json::array()}, {"removed", ordered_json::array()}};
  for (const auto& guest : lobby.waiting) {
    json["waiting"].push_back(of_guest(guest));
    json["waiting"].back()["dialect"] = name_of(guest.dialect);
  }
  for (const auto& guest : lobby.removed) json["removed"].push_back(of_guest(guest));
  return json;
}

}  // namespace parley::dialects

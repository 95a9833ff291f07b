#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json_object.hpp"
#include "hub/command.hpp"

namespace parley::dialects {

[[nodiscard]] hub::command::Refused refused(hub::ErrorCode code, std::string sentence);

class Fields;

/// The token that comes with a message, if one does.
[[nodiscard]] hub::Token read_token(Fields& in, std::size_t index);

/// A message's fields, each asked for as what it must be. The first that is not is the message's fault; what
/// it is read as then does not matter.
class Fields {
 public:
  Fields(const JsonObject& object, std::span<const std::string_view> names)
      : object_(object), names_(names) {}

  [[nodiscard]] bool has(std::size_t index) const { return object_[index].kind > JsonKind::null; }

  [[nodiscard]] std::string text(std::size_t index);
  /// The same of a long text, such as a description.
  [[nodiscard]] PooledString pooled_text(std::size_t index);
  /// The same where nobody needs to know what it says.
  void require_text(std::size_t index);
  [[nodiscard]] std::optional<std::string> optional_text(std::size_t index);
  [[nodiscard]] std::string_view object(std::size_t index);
  /// Anything, null too.
  [[nodiscard]] std::optional<std::string> json(std::size_t index);
  /// A whole number; 0 where there is none.
  [[nodiscard]] std::uint64_t number(std::size_t index, std::uint64_t least);

  // What WebRTC exchanges, as the hub carries it whatever dialect it came in.

  /// An RTCSessionDescriptionInit: an object with an `sdp`; its `type` is put in where it is missing.
  [[nodiscard]] PooledString description(std::size_t index, std::string_view type);
  /// An RTCIceCandidateInit: an object, or its `candidate` alone; none at all ends the candidates.
  [[nodiscard]] PooledString candidate(std::size_t index);

  // The same of an object that came in this field by another way; each object is JSON.
  [[nodiscard]] PooledString description_in(std::size_t index, PooledString object, std::string_view type);
  [[nodiscard]] PooledString candidate_in(std::size_t index, std::string_view object);

  void fail(std::size_t index, std::string_view rule);
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  [[nodiscard]] JsonField once(std::size_t index);
  /// What is wrong in the object that this field holds is wrong with the field.
  void adopt(std::size_t index, const Fields& inner);

  const JsonObject& object_;
  std::span<const std::string_view> names_;
  std::string fault_;
};

/// What a description is, by its `type`.
[[nodiscard]] hub::command::SignalKind kind_of(std::string_view description);

/// Reads one message of a protocol whose messages are JSON objects with a `type`: `command(type, fields)`
/// says what the message asks for.
template <class ReadCommand>
[[nodiscard]] hub::Message read_message(std::string_view text, std::span<const std::string_view> names,
                                        std::size_t type_place, ReadCommand&& command);

/// The same for one that is read already, where more than one field may name what it is.
template <class ReadCommand>
[[nodiscard]] hub::Message read_message(Fields& in, std::string_view type_name, std::size_t type_place,
                                        ReadCommand&& command);

namespace detail {
/// The fault of a text that is no message at all, or nothing.
[[nodiscard]] std::optional<hub::Command> fault_of_text(std::string_view text, JsonObject& object);
/// Longer ones are nobody's, and need not be sent back in an error.
inline constexpr std::size_t max_type_bytes = 64;
}  // namespace detail

template <class ReadCommand>
hub::Message read_message(std::string_view text, std::span<const std::string_view> names,
                          std::size_t type_place, ReadCommand&& command) {
  JsonObject object(names);
  if (auto fault = detail::fault_of_text(text, object)) return {.command = *std::move(fault)};
  Fields in(object, names);
  return read_message(in, names[type_place], type_place, command);
}

template <class ReadCommand>
hub::Message read_message(Fields& in, std::string_view type_name, std::size_t type_place,
                          ReadCommand&& command) {
  if (!in.has(type_place)) {
    return {.command = refused(hub::ErrorCode::no_type,
                               "A message must have a \"" + std::string(type_name) + "\".")};
  }
  const std::string type = in.text(type_place);
  // Built in place: a command is large to move.
  hub::Message message{.type = type.size() <= detail::max_type_bytes ? type : std::string(),
                       .command = command(std::string_view(type), in)};
  if (!in.fault().empty()) message.command = refused(hub::ErrorCode::bad_field, in.fault());
  return message;
}

}  // namespace parley::dialects

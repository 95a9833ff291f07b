#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine_io/output.hpp"

namespace parley::socket_io {

using engine_io::SessionId;

/// What the application is told. One session may be in several namespaces; `nsp` says in which this happened.
namespace output {

struct Connected {
  SessionId session = 0;
  std::string nsp{};
  std::string sid{};        ///< what the client knows as socket.id
  std::string auth = "{}";  ///< a JSON object
};
struct Event {
  SessionId session = 0;
  std::string nsp{};
  std::string name{};
  std::string args = "[]";                 ///< a JSON array, with placeholders for the attachments
  std::vector<std::string> attachments{};  ///< bytes
  std::optional<std::uint64_t> ack{};      ///< the client waits for an acknowledgement of this number
};
/// The client acknowledges an event that was sent with this number.
struct Acknowledged {
  SessionId session = 0;
  std::string nsp{};
  std::uint64_t id = 0;
  std::string args = "[]";
  std::vector<std::string> attachments{};
};
struct Disconnected {
  SessionId session = 0;
  std::string nsp{};
  std::string_view reason{};  ///< a literal, for a log
};

}  // namespace output

using Output = std::variant<output::Connected, output::Event, output::Acknowledged, output::Disconnected>;
using Outputs = std::vector<Output>;

}  // namespace parley::socket_io

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine_io/output.hpp"
#include "socket_io/config.hpp"
#include "socket_io/output.hpp"
#include "socket_io/packet.hpp"

namespace parley::socket_io {

/// What came of a message of a client: first the answers to it, then what the application is told, and last
/// the end of the session.
struct Turn {
  std::vector<engine_io::Message> answers{};
  Outputs told{};
  bool close = false;
};

/// The Socket.IO side of one Engine.IO session: the namespaces it is in, and the packet whose attachments are
/// arriving. Whatever the protocol does not allow closes the session, as in the reference server.
class Client {
 public:
  /// `config` outlives it.
  Client(SessionId session, const Config& config) : session_(session), config_(config) {}

  /// What read() made of a text.
  [[nodiscard]] Turn receive(std::optional<ReceivedPacket> packet);
  [[nodiscard]] Turn receive_attachment(std::string bytes);
  /// All namespaces are left.
  [[nodiscard]] Outputs leave_all(std::string_view reason);
  /// Says whether it was in that namespace.
  [[nodiscard]] bool leave(std::string_view nsp);

  [[nodiscard]] bool is_in(std::string_view nsp) const;
  /// Whether it has ever connected to a namespace.
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  /// A packet whose attachments are arriving.
  struct Partial {
    std::variant<output::Event, output::Acknowledged> packet;
    std::size_t attachments = 0;  // in the end
    std::size_t bytes = 0;        // so far
  };

  [[nodiscard]] Turn connect(ReceivedPacket packet);
  [[nodiscard]] Turn disconnect(ReceivedPacket packet);
  [[nodiscard]] Turn data(ReceivedPacket packet);
  [[nodiscard]] Turn complete(Partial partial);
  [[nodiscard]] Turn refuse(std::string_view reason);

  SessionId session_;
  const Config& config_;
  bool connected_ = false;
  std::vector<std::string> namespaces_;
  std::optional<Partial> partial_;
};

}  // namespace parley::socket_io

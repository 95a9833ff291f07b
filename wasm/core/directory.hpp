#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "access_token.hpp"
#include "call.hpp"
#include "host_socket.hpp"
#include "input.hpp"
#include "output.hpp"
#include "random.hpp"
#include "time.hpp"

namespace parley {

namespace input {

/// Goes online.
struct Register {};
/// Calls somebody by name; one call at a time.
struct Dial {
  std::string name;
};
struct Accept {};
struct Reject {};
/// Gives up, declines or ends the call, as it stands.
struct HangUp {};

}  // namespace input

/// `Leave` goes offline; `Retry` is about the socket.
using DirectoryInput =
    std::variant<input::Register, input::Leave, input::Dial, input::Accept, input::Reject, input::HangUp,
                 input::Renew, input::Retry, input::SocketOpened, input::SocketMessage, input::SocketClosed,
                 input::NetworkChanged, input::Timeout>;

struct DirectoryConfig {
  std::string url;   ///< the host's WebSocket (ws://host/ws)
  std::string name;  ///< to be called by
  std::string id;    ///< for others to see; the name, where it is empty
  /// 1 to 64 printable characters that nobody can guess, with which this page comes back to its name after a
  /// lost socket. Made of the seed where there is none.
  std::string secret{};
  std::optional<std::string> former{};  ///< the secret of the page that was loaded in this tab before
  std::optional<std::string> token{};   ///< a JSON Web Token, for a host that asks for one
  std::uint64_t seed = 0;
};

struct DirectorySnapshot {
  LinkState state = LinkState::connecting;
  Reason reason;
  std::string name;
  std::string id;
  std::string signaling;  ///< idle, connecting, joining, joined, waiting, closed
  std::vector<User> users;
  CallInfo call;
};

/// Online under a name: who else is, and calls between two. It is driven as a Session is, and beside one: an
/// accepted call has a room, and what happens in there is a Session's.
class Directory {
 public:
  explicit Directory(DirectoryConfig config);
  // The call knows the socket.
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  void handle(const DirectoryInput& input, Instant now);
  [[nodiscard]] std::optional<Output> poll();
  [[nodiscard]] std::optional<Instant> next_timeout() const;
  [[nodiscard]] DirectorySnapshot snapshot() const;

 private:
  void on(const input::Register&, Instant now);
  void on(const input::Leave&, Instant now);
  void on(const input::Dial& dial, Instant now);
  void on(const input::Accept&, Instant now);
  void on(const input::Reject&, Instant now);
  void on(const input::HangUp&, Instant now);
  void on(const input::Renew& renew, Instant now);
  void on(const input::Retry&, Instant now);
  void on(const input::SocketOpened& opened, Instant now);
  void on(const input::SocketMessage& message, Instant now);
  void on(const input::SocketClosed& closed, Instant now);
  void on(const input::NetworkChanged&, Instant now);
  void on(const input::Timeout&, Instant now);

  void hear(const directory_wire::Message& refusal, Instant now);
  void end(const wire::Error& error, Instant now);
  void send_token();
  void told_of_users(std::vector<User> users);
  void set_users(std::vector<User> users);
  void ping();
  void raise(Reason reason, const std::string& about);
  void settle();
  [[nodiscard]] LinkState state() const;
  [[nodiscard]] Reason reason() const;

  std::deque<Output> outputs_;
  Random random_;
  directory_wire::Register registration_;
  AccessToken token_;
  HostSocket socket_;
  Call call_;
  std::vector<User> users_;
  bool registered_once_ = false;
  std::optional<LinkState> announced_state_;
  std::string announced_code_;
  CallInfo announced_call_;
};

}  // namespace parley

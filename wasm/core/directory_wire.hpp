#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "output.hpp"
#include "states.hpp"
#include "wire.hpp"

/// What parley.v1 says of users and calls by name, on a socket of its own. Nothing here is numbered: whoever
/// comes back on another socket is told how things stand.
namespace parley::directory_wire {

/// Which call a message is about. Of our own calls we say it, of all others the host. 0 is none: whichever
/// there is.
using CallId = std::uint64_t;

struct Register {
  std::string name;
  std::string id;  ///< the name, where it is empty
  std::string secret;
  std::optional<std::string> former{};  ///< of the page that was loaded in this tab before
  std::optional<std::string> token{};
};

[[nodiscard]] std::string encode(const Register& registration);
/// call, accept, cancel or hangup; reject with a reason: rejected, busy, timed-out.
[[nodiscard]] std::string encode(std::string_view type, std::string_view name, CallId call,
                                 std::string_view reason = "");
[[nodiscard]] std::string encode_leave();
/// What we were told of the users is read: the host may go on.
[[nodiscard]] std::string encode_next_users();

/// Anything that the host says, with the fields of its type.
struct Message {
  enum class Type {
    unknown,
    registered,
    users,
    users_changed,
    incoming,
    accepted,
    rejected,
    ended,
    token_ends,
    renewed,
    error
  };

  Type type = Type::unknown;
  std::optional<CallInfo> call;   ///< registered: the one that stands; never an idle one
  wire::HostLimits limits;        ///< registered
  std::vector<User> users;        ///< users
  std::vector<std::string> left;  ///< users_changed: to be applied before `joined`
  std::vector<User> joined;
  std::vector<User> changed;  ///< without ids: who is in a call now, or no longer
  User with;                  ///< incoming, accepted, rejected, ended
  CallId call_id = 0;         ///< the same; registered: of the one that stands; error: of the one it is about
  std::string room;           ///< accepted
  std::string reason;         ///< rejected, ended
  std::chrono::seconds token_left{};  ///< token_ends
  wire::Error error;
};

/// Unknown where the text is no message of this kind.
[[nodiscard]] Message decode(std::string_view text);

}  // namespace parley::directory_wire

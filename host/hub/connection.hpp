#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hub/account.hpp"
#include "hub/byte_share.hpp"
#include "hub/command.hpp"
#include "hub/dialect.hpp"
#include "hub/socket.hpp"
#include "hub/time.hpp"
#include "hub/token_bucket.hpp"

namespace parley::hub {

struct Connection;
struct Session;
struct User;

/// A connection that waits for whether the holder of the id or name that it wants is still there.
struct Claim {
  Session* session = nullptr;  ///< the holder, one of these
  User* user = nullptr;
  Instant until{};              ///< without a sign of life by then, the holder is gone
  bool proven = false;          ///< it has shown the holder's secret
  bool lost = false;            ///< the holder has shown a sign of life
  std::vector<Message> held{};  ///< what it has said: first what claims, then what came after that
  ByteShare bytes{};            ///< of those
};
/// In the order in which they came.
using Claimants = std::vector<Connection*>;

/// One socket, from when it opens to when it is gone.
struct Connection {
  ConnectionId id = 0;
  Dialect dialect = Dialect::parley;
  Role role = Role::client;
  std::string address{};  ///< the client's; empty where nobody knows it
  Account* account = nullptr;
  TokenBucket bucket;
  TokenBucket registrations;
  std::uint32_t dropped = 0;  ///< messages refused since its bucket was last full
  bool closing = false;       ///< told to close; nothing it still says counts
  Session* session = nullptr;
  User* user = nullptr;
  std::unique_ptr<Claim> claim{};
  bool outlived = false;  ///< while its claim is decided: the holder has shown that it is there
};

}  // namespace parley::hub

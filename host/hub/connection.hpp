#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hub/account.hpp"
#include "hub/byte_share.hpp"
#include "hub/command.hpp"
#include "hub/credential.hpp"
#include "hub/dialect.hpp"
#include "hub/socket.hpp"
#include "hub/time.hpp"
#include "hub/token_bucket.hpp"

namespace parley::hub {

struct Connection;
struct Session;
struct User;

/// A connection wants an id or a name, and waits until it is known whether its holder is still there.
struct Claim {
  Session* session = nullptr;  ///< the holder: this or the user
  User* user = nullptr;
  Instant until{};              ///< without a sign of life by then, the holder is gone
  bool proven = false;          ///< the claimant has shown the holder's secret
  bool lost = false;            ///< the holder has shown a sign of life
  std::vector<Message> held{};  ///< from the claimant: first what claims, then what came after that
  ByteShare bytes{};            ///< of the messages
};
/// In the order in which they came.
using Claimants = std::vector<Connection*>;

/// A connection has asked to come into a room, and waits for a moderator.
struct Waiting {
  std::string room;
  std::string id;  ///< by which moderators know it
  std::string name{};
  std::vector<Message> held{};  ///< first what asks, then what came after that
  ByteShare bytes{};            ///< of the messages

  void keep(Message message) {
    bytes.set(bytes.bytes() + footprint(message));
    held.push_back(std::move(message));
  }
};

/// One socket, from when it opens until it is gone.
struct Connection {
  ConnectionId id = 0;
  Dialect dialect = Dialect::parley;
  Role role = Role::client;
  std::string address{};    ///< the client's; empty where nobody knows it
  Credential credential{};  ///< what it has shown last
  Account* account = nullptr;
  TokenBucket messages;
  TokenBucket bytes;
  TokenBucket joins;
  TokenBucket registrations;
  std::uint32_t dropped = 0;  ///< messages refused since both buckets were last full
  bool closing = false;       ///< it was told to close, and nothing that it still says counts
  Session* session = nullptr;
  User* user = nullptr;
  std::unique_ptr<Claim> claim{};
  bool outlived = false;  ///< its claim has failed: the holder is there
  std::unique_ptr<Waiting> waiting{};
  std::string admitted{};  ///< the room that a moderator has let it into
};

}  // namespace parley::hub

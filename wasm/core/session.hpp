#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "input.hpp"
#include "media.hpp"
#include "output.hpp"
#include "snapshot.hpp"
#include "time.hpp"

namespace parley {

/// Where and as whom to join. `url` is the host's WebSocket (ws://host/ws).
struct Config {
  std::string url;
  std::string room;
  std::string name;
  std::string meta = "{}";             ///< a JSON text; others see it
  std::optional<std::string> peer;     ///< the id to ask for; the host assigns one otherwise
  std::optional<std::string> token;    ///< a JSON Web Token, for a host that asks for one
  std::vector<Slot> slots;             ///< open from the start
  std::vector<IceServer> ice_servers;  ///< instead of the host's, where not empty
  /// 1 to 64 printable characters that nobody can guess: who can show it is this page. Made of the seed where
  /// there is none, which the other members can then compute.
  std::string secret{};
  std::optional<std::string> former{};  ///< the secret of the page that was loaded in this tab before
  /// At least 32 bytes from a cryptographic source that no one else ever sees: what people compare is made of it.
  /// Without it no peer can be verified.
  std::string entropy{};
  std::uint64_t seed = 0;  ///< 64 random bits; all of the session's randomness
};

/// One stay in one room. The only rule: tell it what happened, then do what it says until it says nothing,
/// then call again at `next_timeout()` at the latest.
///
///     session.handle(input, now);
///     while (auto output = session.poll()) perform(*output);
///     wake_at(session.next_timeout());
///
/// It never blocks, throws, reads a clock or draws randomness of its own: the same configuration and inputs
/// give the same outputs, byte for byte, natively and in WebAssembly.
class Session {
 public:
  explicit Session(Config config);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  void handle(const Input& input, Instant now);
  [[nodiscard]] std::optional<Output> poll();
  [[nodiscard]] std::optional<Instant> next_timeout() const;
  [[nodiscard]] Snapshot snapshot() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley

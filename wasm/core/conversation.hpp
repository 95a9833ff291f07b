#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "channel_wire.hpp"
#include "deadline.hpp"
#include "media.hpp"
#include "output.hpp"
#include "reliable.hpp"

namespace parley {

/// What two peers say to each other, over whichever data channel they have at the moment: messages exactly
/// once and in order across fresh connections, and each other's presence.
class Conversation {
 public:
  /// How far the peer's stream was heard.
  struct Heard {
    std::uint32_t stream = 0;
    Sequence last = 0;
  };

  /// `verifies`: we can agree on a string to compare, and say so.
  Conversation(std::string peer, std::uint32_t stream, Presence own, bool verifies,
               std::deque<Output>& outputs);

  void opened(ConnectionId connection);
  void closed(ConnectionId connection);
  /// Returns what is for the Verification.
  std::optional<channel_wire::Verify> received(ConnectionId connection, std::string_view text, Instant now);
  void timeout(Instant now);
  [[nodiscard]] Deadline next_timeout() const;

  /// False where the peer has not taken more than `Limits::unacknowledged` messages: nothing was sent.
  [[nodiscard]] bool send(const std::string& topic, const std::string& text);
  void set_presence(Presence own);
  /// Says nothing where there is no channel.
  void send(const channel_wire::Verify& step);
  /// Whether they may show a screen: else they show none, whatever they say.
  void let_share(bool may);

  [[nodiscard]] Heard heard() const { return {.stream = their_stream_, .last = receiver_.last()}; }
  /// Goes on where a conversation with this peer left off, so that it repeats nothing.
  void recall(const Heard& heard);

  [[nodiscard]] const Presence& presence() const { return shown_; }
  [[nodiscard]] bool open() const { return channel_.has_value(); }
  /// Both sides have a channel.
  [[nodiscard]] bool greeted() const { return greeted_; }
  [[nodiscard]] bool peer_verifies() const { return peer_verifies_; }

 private:
  void write(std::string text);
  void show();

  std::string peer_;
  std::uint32_t stream_;
  Presence own_;
  bool verifies_;
  bool peer_verifies_ = false;  ///< as it said on this channel
  std::deque<Output>& outputs_;

  std::optional<ConnectionId> channel_;
  bool greeted_ = false;  ///< on this channel: they said how far they are, so replay was possible
  std::uint32_t their_stream_ = 0;
  std::optional<Presence> theirs_;  ///< as they said it
  Presence shown_;                  ///< as the application knows it
  bool known_ = false;              ///< whether it does
  bool may_share_ = true;
  ReliableSender sender_;
  ReliableReceiver receiver_;
};

}  // namespace parley

#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hls/pipe.hpp"
#include "hub/hub.hpp"
#include "media/crashed_offers.hpp"

namespace parley::media {

/// What a worker was told of one stream, and what it is doing about that.
struct Handling {
  using Clock = std::chrono::steady_clock;
  struct Text {
    bool is_signal = false;                         ///< of the publisher
    std::optional<CrashedOffers::Digests> offer{};  ///< where it is one
  };

  std::deque<Text> unread{};
  CrashedOffers::Digests offer{};               ///< the last that was told
  bool unanswered = false;                      ///< an offer was read
  std::optional<Clock::time_point> begun_at{};  ///< what goes on

  void read_next(Clock::time_point now);
  void answered(Clock::time_point now);
  /// Whether something of the publisher's is being handled, as far as one can tell: an answer says that its
  /// offer has been; a candidate has no answer, and what fails may have none.
  [[nodiscard]] bool goes_on(Clock::time_point now) const;
};

/// The streams that the media gateway has, or is to have once a worker is ready: one for each room that wants
/// it.
class HlsStreams {
 public:
  struct Stream {
    std::string room;
    std::string address;                  ///< the publisher's; empty where it is not known
    std::optional<std::size_t> worker{};  ///< that has it; nothing where none has been told yet
    /// Of what the gateway's Session takes for its socket; 0 where it has none.
    hub::ConnectionId connection = 0;
    Handling handling{};
  };

  /// Nothing where the room has a stream already. The number is a new one.
  std::optional<hls::pipe::Stream> add(std::string room, std::string address);
  [[nodiscard]] std::optional<hls::pipe::Stream> in_room(std::string_view room) const;
  /// Null where there is none of this number (any more).
  [[nodiscard]] Stream* find(hls::pipe::Stream number);
  /// What it was; nothing where there is none of this number.
  std::optional<Stream> remove(hls::pipe::Stream number);
  /// In the order in which they were added.
  [[nodiscard]] std::vector<hls::pipe::Stream> numbers() const;
  [[nodiscard]] std::vector<hls::pipe::Stream> numbers_of(std::optional<std::size_t> worker) const;
  [[nodiscard]] std::size_t size() const { return streams_.size(); }

 private:
  hls::pipe::Stream last_ = 0;
  std::map<hls::pipe::Stream, Stream> streams_;
  std::map<std::string, hls::pipe::Stream, std::less<>> by_room_;
};

}  // namespace parley::media

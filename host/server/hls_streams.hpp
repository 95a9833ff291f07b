#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hls/pipe.hpp"
#include "hub/hub.hpp"

namespace parley::server {

/// The streams that the media gateway has, or is to have once it is ready: one for each room that wants it.
class HlsStreams {
 public:
  struct Stream {
    std::string room;
    std::string address;  ///< the publisher's; empty where it is not known
    bool open = false;    ///< the gateway knows it
    /// Of what the gateway's Session takes for its socket; 0 where it has none.
    hub::ConnectionId connection = 0;
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
  [[nodiscard]] std::size_t size() const { return streams_.size(); }

 private:
  hls::pipe::Stream last_ = 0;
  std::map<hls::pipe::Stream, Stream> streams_;
  std::map<std::string, hls::pipe::Stream, std::less<>> by_room_;
};

}  // namespace parley::server

#include "server/hls_streams.hpp"

#include <utility>

namespace parley::server {

using Number = hls::pipe::Stream;

std::optional<Number> HlsStreams::add(std::string room, std::string address) {
  const auto [place, added] = by_room_.try_emplace(std::move(room), last_ + 1);
  if (!added) return std::nullopt;
  streams_.emplace(++last_, Stream{.room = place->first, .address = std::move(address)});
  return last_;
}

std::optional<Number> HlsStreams::in_room(std::string_view room) const {
  const auto found = by_room_.find(room);
  return found == by_room_.end() ? std::nullopt : std::optional(found->second);
}

HlsStreams::Stream* HlsStreams::find(Number number) {
  const auto found = streams_.find(number);
  return found == streams_.end() ? nullptr : &found->second;
}

std::optional<HlsStreams::Stream> HlsStreams::remove(Number number) {
  auto taken = streams_.extract(number);
  if (taken.empty()) return std::nullopt;
  by_room_.erase(taken.mapped().room);
  return std::move(taken.mapped());
}

std::vector<Number> HlsStreams::numbers() const {
  std::vector<Number> numbers;
  numbers.reserve(streams_.size());
  for (const auto& [number, stream] : streams_) numbers.push_back(number);
  return numbers;
}

}  // namespace parley::server

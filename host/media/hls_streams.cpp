#include "media/hls_streams.hpp"

#include <utility>

namespace parley::media {

using Number = hls::pipe::Stream;

namespace {

/// An answer waits for STUN and TURN servers, two seconds at most.
constexpr std::chrono::seconds answer_time{5};
/// What follows an answer, or a candidate, is over by then, on a busy machine, too.
constexpr std::chrono::seconds aftermath{1};

}  // namespace

void Handling::read_next(Clock::time_point now) {
  if (unread.empty()) return;
  const Text text = unread.front();
  unread.pop_front();
  if (text.offer) unanswered = true;
  if (text.is_signal) begun_at = now;
}

void Handling::answered(Clock::time_point now) {
  unanswered = false;
  begun_at = now;
}

bool Handling::goes_on(Clock::time_point now) const {
  return begun_at && now < *begun_at + (unanswered ? answer_time : aftermath);
}

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

std::vector<Number> HlsStreams::numbers_of(std::optional<std::size_t> worker) const {
  std::vector<Number> numbers;
  for (const auto& [number, stream] : streams_) {
    if (stream.worker == worker) numbers.push_back(number);
  }
  return numbers;
}

}  // namespace parley::media

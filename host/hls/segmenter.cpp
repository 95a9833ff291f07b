#include "hls/segmenter.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace parley::hls {

namespace {

/// Whether a packet carries the program association table, whose packet identifier is zero.
bool begins_with_tables(std::string_view packets) {
  constexpr std::uint8_t identifier_bits = 0x1F;
  return packets.size() > 2 && (static_cast<std::uint8_t>(packets[1]) & identifier_bits) == 0 &&
         packets[2] == 0;
}

}  // namespace

/// A publisher's key frames come about when they are asked for. One that is early by less than half a segment
/// makes a segment; waiting for the next one would make it far too long. Where none comes in time, whoever
/// watches already can do without.
bool Segmenter::is_cut(Time at, bool key_frame) const {
  if (!open_) return key_frame;
  const Time length = at - open_->begins;
  if (key_frame && (length >= segment_ / 2 || !open_->independent)) return true;
  return at > latest_ && length + step_ > longest_;
}

void Segmenter::watch(Time at) {
  if (at <= latest_) return;
  step_ = at - std::exchange(latest_, at);
}

auto Segmenter::take(std::string_view packets, Time at, bool key_frame) -> std::optional<Piece> {
  std::optional<Piece> complete;
  if (is_cut(at, key_frame)) {
    if (open_) {
      // After a pause in all tracks it is over before the next one begins.
      open_->duration = std::min(at - open_->begins, longest_);
      complete = std::exchange(open_, std::nullopt);
    }
    open_.emplace(Piece{.bytes = begins_with_tables(packets) ? std::string{} : tables_,
                        .begins = at,
                        .duration = {},
                        .independent = key_frame});
    if (complete) open_->bytes.reserve(complete->bytes.size());
  }
  watch(at);
  if (open_) open_->bytes.append(packets);
  return complete;
}

auto Segmenter::rest() -> std::optional<Piece> {
  if (open_) open_->duration = latest_ + step_ - open_->begins;
  return std::exchange(open_, std::nullopt);
}

}  // namespace parley::hls

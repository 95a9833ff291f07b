#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/event.hpp"

namespace parley::net {

/// Frames on their way to one client, in order. Most are bytes of its own. Of a long text that many are sent,
/// everybody's backlog only knows where it is: ten thousand users' list of each other is 640 KB, and there is
/// no room for it ten thousand times.
class Backlog {
 public:
  /// To append whole frames to.
  [[nodiscard]] std::string& own() { return own_; }
  /// Appends a text frame. The text lives as long as the event, and is the whole of something: an older one
  /// that nobody has begun to send is dropped.
  void share(const std::string& text, std::shared_ptr<const hub::Event> event);
  /// Appends all of another's, which is empty afterwards and keeps its room.
  void append(Backlog& other);

  /// Gives what is there to `send(bytes)`, piece by piece, which says how many it took, until that is not
  /// all.
  template <class Send>
  void send(Send&& send);

  [[nodiscard]] bool empty() const { return own_.empty() && shared_.empty(); }
  /// How many bytes it keeps that no other does.
  [[nodiscard]] std::size_t own_bytes() const { return own_.size(); }
  [[nodiscard]] std::size_t capacity() const { return own_.capacity(); }

 private:
  struct Shared {
    std::size_t at = 0;  // so many of the own bytes come before it
    std::string header;
    std::string_view text;
    std::shared_ptr<const hub::Event> event;
    std::size_t sent = 0;  // of header and text

    [[nodiscard]] std::string_view left() const;
  };

  void add(Shared shared);
  void forget_own(std::size_t sent);

  std::string own_;
  std::vector<Shared> shared_;
};

template <class Send>
void Backlog::send(Send&& send) {
  std::size_t sent = 0;  // of the own bytes
  const auto whole = [&](std::string_view bytes, std::size_t& count) {
    const std::size_t taken = send(bytes);
    count += taken;
    return taken == bytes.size();
  };
  for (bool more = true; more && (sent < own_.size() || !shared_.empty());) {
    const std::size_t end = shared_.empty() ? own_.size() : shared_.front().at;
    if (sent < end) {
      more = whole(std::string_view(own_).substr(sent, end - sent), sent);
    } else if (const auto left = shared_.front().left(); !left.empty()) {
      more = whole(left, shared_.front().sent);
    } else {
      shared_.erase(shared_.begin());
    }
  }
  forget_own(sent);
}

}  // namespace parley::net

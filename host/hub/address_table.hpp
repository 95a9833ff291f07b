#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "hub/source.hpp"
#include "hub/time.hpp"
#include "hub/timeout_queue.hpp"

namespace parley::hub {

/// What is known of an address: made from its Source, the limits, and the instant.
template <class Entry>
struct AtAddress {
  std::size_t uses = 0;  ///< it is kept for as long as there are any
  std::optional<typename TimeoutQueue<Entry>::Position> idle{};
};

/// An entry for each address, an AtAddress, from when somebody there uses it. One that nobody uses any more
/// is kept for a while, so that a client does not get full buckets by coming back.
template <class Entry, class Limits>
class AddressTable {
 public:
  explicit AddressTable(Limits limits) : limits_(std::move(limits)) {}

  [[nodiscard]] Entry& open(const Source& source, Instant now) {
    while (!idle_.empty() && idle_.front().since + remembered_for <= now) forget_oldest();
    auto found = entries_.find(source.key);
    if (found == entries_.end()) found = entries_.try_emplace(source.key, source, limits_, now).first;
    Entry& entry = found->second;
    if (entry.idle) idle_.leave(*entry.idle);
    entry.idle.reset();
    ++entry.uses;
    return entry;
  }

  /// Once for each `open` and each `++uses`.
  void close(Entry& entry, Instant now) {
    if (--entry.uses > 0) return;
    entry.idle = idle_.join(entry, now);
    if (idle_.size() > most_remembered) forget_oldest();
  }

  /// The same for a pointer, which is null from then on and may have been before.
  void release(Entry*& entry, Instant now) {
    if (entry != nullptr) close(*entry, now);
    entry = nullptr;
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  /// So long that a bucket is as good as full again.
  static constexpr std::chrono::minutes remembered_for{10};
  /// Of those that nobody uses: a few MB, and more than a host of 10,000 connections sees in that time.
  static constexpr std::size_t most_remembered = 10'000;

  void forget_oldest() {
    Entry& entry = *idle_.front().who;
    idle_.leave(*entry.idle);
    entries_.erase(entries_.find(entry.key));
  }

  const Limits limits_;
  std::map<std::string, Entry, std::less<>> entries_;
  TimeoutQueue<Entry> idle_;
};

/// How many times as much an address may have: a local one may be a proxy's, and stand for many.
[[nodiscard]] constexpr std::size_t share_of(bool local) {
  return local ? 10 : 1;
}

}  // namespace parley::hub

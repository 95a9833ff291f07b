#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace parley::simulation {

/// What was said from whom to whom, by incarnation: everything must arrive exactly once and in order, as long
/// as the two know each other.
class ChatLedger {
 public:
  /// The text to say next for this sender.
  [[nodiscard]] std::string compose(const std::string& from) {
    return from + ":" + std::to_string(++said_[from]);
  }

  void said(const std::string& from, const std::string& to) {
    ways_[{from, to}].awaited.push_back(said_[from]);
  }

  /// What is wrong with this message, if anything.
  [[nodiscard]] std::optional<std::string> received(const std::string& from, const std::string& to,
                                                    const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || text.substr(0, colon) != from) return "said by another: " + text;
    const unsigned long number = std::stoul(text.substr(colon + 1));
    Way& way = ways_[{from, to}];
    if (number <= way.last) return "twice or out of order: " + text + " after " + std::to_string(way.last);
    way.last = number;
    if (!way.awaited.empty() && way.awaited.front() < number)
      return "lost: " + from + ":" + std::to_string(way.awaited.front()) + ", since " + text + " came";
    if (!way.awaited.empty() && way.awaited.front() == number) way.awaited.pop_front();
    return std::nullopt;
  }

  /// One of them was told that the other is gone: what is on its way between them may be lost.
  void parted(const std::string& one, const std::string& other) {
    ways_[{one, other}].awaited.clear();
    ways_[{other, one}].awaited.clear();
  }

  /// A message between these that has not arrived.
  [[nodiscard]] std::optional<unsigned long> missing(const std::string& from, const std::string& to) const {
    const auto way = ways_.find({from, to});
    if (way == ways_.end() || way->second.awaited.empty()) return std::nullopt;
    return way->second.awaited.front();
  }

 private:
  struct Way {
    std::deque<unsigned long> awaited;
    unsigned long last = 0;
  };

  std::map<std::string, unsigned long> said_;
  std::map<std::pair<std::string, std::string>, Way> ways_;
};

}  // namespace parley::simulation

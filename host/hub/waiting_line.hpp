#pragma once

#include <cstddef>
#include <list>

#include "hub/time.hpp"

namespace parley::hub {

/// Those who all wait for equally long, so that the first to come is the first to be due: joining, leaving
/// from anywhere and asking who is next cost O(1). Places are used again, so that a busy line allocates
/// nothing.
template <class T>
class WaitingLine {
 public:
  struct Entry {
    T* who;
    Instant since;
  };
  using Place = typename std::list<Entry>::iterator;

  [[nodiscard]] Place join(T& who, Instant now) {
    if (unused_.empty()) return line_.insert(line_.end(), Entry{&who, now});
    line_.splice(line_.end(), unused_, unused_.begin());
    line_.back() = {&who, now};
    return std::prev(line_.end());
  }

  void leave(Place place) { unused_.splice(unused_.begin(), line_, place); }

  [[nodiscard]] bool empty() const { return line_.empty(); }
  [[nodiscard]] std::size_t size() const { return line_.size(); }
  [[nodiscard]] const Entry& front() const { return line_.front(); }

 private:
  std::list<Entry> line_;
  std::list<Entry> unused_;
};

}  // namespace parley::hub

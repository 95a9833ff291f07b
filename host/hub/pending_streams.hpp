#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace parley::hub {

/// Streams that were offered and do not flow yet, by the address that they come from. An offer costs its
/// client nothing, so pending streams have limits of their own.
class PendingStreams {
 public:
  void add(const std::string& address) {
    ++count_;
    ++by_address_[address];
  }

  void remove(std::string_view address) {
    const auto found = by_address_.find(address);
    if (found == by_address_.end()) return;
    --count_;
    if (--found->second == 0) by_address_.erase(found);
  }

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] std::size_t of(std::string_view address) const {
    const auto found = by_address_.find(address);
    return found == by_address_.end() ? 0 : found->second;
  }

 private:
  std::map<std::string, std::size_t, std::less<>> by_address_;
  std::size_t count_ = 0;
};

}  // namespace parley::hub

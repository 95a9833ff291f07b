#include "hub/signal_event.hpp"

#include <utility>

#include "base/pooled_allocator.hpp"

namespace parley::hub {

std::shared_ptr<const Event> signal_event(std::string from, command::Signal& signal) {
  event::Signal body{.from = std::move(from),
                     .to = std::move(signal.to),
                     .kind = signal.kind,
                     .payload = std::move(signal.payload),
                     .link = std::move(signal.link)};
  return std::allocate_shared<const Event>(PooledAllocator<Event>{}, std::move(body));
}

}  // namespace parley::hub

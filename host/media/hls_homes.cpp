#include "media/hls_homes.hpp"

#include <algorithm>
#include <utility>

namespace parley::media {

void HlsHomes::leave(std::string sim) {
  homes_.insert_or_assign(std::move(sim), std::nullopt);
}

void HlsHomes::settle(std::string_view sim, Worker worker) {
  homes_.insert_or_assign(std::string(sim), worker);
}

void HlsHomes::release(std::string_view sim, Worker worker) {
  const auto found = homes_.find(sim);
  if (found != homes_.end() && found->second == worker) homes_.erase(found);
}

void HlsHomes::lose(Worker worker) {
  for (auto& [sim, home] : homes_) {
    if (home == worker) home.reset();
  }
}

std::optional<HlsHomes::Worker> HlsHomes::of(std::string_view sim) const {
  const auto found = homes_.find(sim);
  return found == homes_.end() ? std::nullopt : found->second;
}

bool HlsHomes::is_left(std::string_view sim) const {
  const auto found = homes_.find(sim);
  return found != homes_.end() && !found->second;
}

std::vector<std::string> HlsHomes::left() const {
  std::vector<std::string> sims;
  for (const auto& [sim, home] : homes_) {
    if (!home) sims.push_back(sim);
  }
  return sims;
}

std::size_t HlsHomes::count(Worker worker) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(homes_, [&](const auto& entry) { return entry.second == worker; }));
}

}  // namespace parley::media

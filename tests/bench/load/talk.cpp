#include "talk.hpp"

#include <algorithm>
#include <stdexcept>

namespace parley::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto tick = 5ms;
/// Far longer than any relay takes; only a lost message lets this pass.
constexpr auto longest_reply = 5s;

}  // namespace

std::chrono::duration<double, std::micro> Latencies::percentile(double share) {
  if (all_.empty()) return {};
  const auto index = static_cast<std::size_t>(share * static_cast<double>(all_.size() - 1));
  const auto wanted = all_.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(all_.begin(), wanted, all_.end());
  return *wanted;
}

PingPong::PingPong(Swarm& swarm, std::size_t pairs, std::size_t sdp_bytes)
    : swarm_(swarm), sdp_(escaped_sdp(swarm.dialect(), sdp_bytes)), sent_(pairs) {}

void PingPong::start() {
  for (std::size_t pair = 0; pair < sent_.size(); ++pair) {
    sent_[pair] = Clock::now();
    swarm_.send_offer(pair * 2, sdp_);
  }
}

Talk PingPong::measure(Clock::duration duration, const std::function<void()>& meanwhile) {
  Talk talk;
  const auto start = Clock::now();
  run(duration, &talk.latencies, meanwhile);
  talk.lasted = Clock::now() - start;
  return talk;
}

void PingPong::run(Clock::duration duration, Latencies* latencies, const std::function<void()>& meanwhile) {
  const auto end = Clock::now() + duration;
  const auto answer = [&](std::size_t client, Clock::time_point now) {
    if (!is_talker(client)) return;
    if (latencies != nullptr) latencies->add(now - sent_[client / 2]);
    sent_[client / 2] = now;
    swarm_.send_offer(client, sdp_);
  };
  while (Clock::now() < end) {
    swarm_.run(meanwhile ? std::min(end, Clock::now() + tick) : end, answer);
    if (meanwhile) meanwhile();
  }
}

void PingPong::stop() {
  std::size_t under_way = sent_.size();
  const auto count = [&](std::size_t client, Clock::time_point) {
    if (is_talker(client)) --under_way;
  };
  swarm_.run(Clock::now() + longest_reply, count, [&] { return under_way == 0; });
  if (under_way != 0) throw std::runtime_error(std::to_string(under_way) + " messages were lost");
}

Feed::Feed(Swarm& swarm, std::size_t first_pair, std::size_t pairs, std::size_t sdp_bytes,
           Clock::duration interval)
    : swarm_(swarm),
      first_pair_(first_pair),
      pairs_(pairs),
      sdp_(escaped_sdp(swarm.dialect(), sdp_bytes)),
      interval_(interval) {}

void Feed::pump() {
  if (Clock::now() < due_) return;
  due_ = Clock::now() + interval_;
  for (std::size_t pair = first_pair_; pair < first_pair_ + pairs_; ++pair) {
    if (!swarm_.is_backed_up(pair * 2)) swarm_.send_offer(pair * 2, sdp_);
  }
}

void Feed::stop_readers() {
  for (std::size_t pair = first_pair_; pair < first_pair_ + pairs_; ++pair) swarm_.stop_reading(pair * 2 + 1);
}

}  // namespace parley::bench

#include "registration.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>

#include "process.hpp"

namespace parley::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto until_next_look = 20ms;

}  // namespace

void Digest::mix(std::uint64_t word) {
  hash_ = (hash_ ^ word) * 0x9E3779B97F4A7C15U;
  hash_ ^= hash_ >> 32U;
}

void Digest::add(std::string_view part) {
  constexpr std::size_t width = sizeof(std::uint64_t);
  bytes_ += part.size();
  std::uint64_t word = 0;
  if (!rest_.empty()) {
    const auto more = part.substr(0, width - rest_.size());
    part.remove_prefix(more.size());
    rest_ += more;
    if (rest_.size() < width) return;
    std::memcpy(&word, rest_.data(), width);
    rest_.clear();
    mix(word);
  }
  for (; part.size() >= width; part.remove_prefix(width)) {
    std::memcpy(&word, part.data(), width);
    mix(word);
  }
  rest_ = part;
}

std::uint64_t Digest::take() {
  std::uint64_t word = 0;
  std::memcpy(&word, rest_.data(), rest_.size());
  mix(word);
  mix(bytes_);
  const std::uint64_t hash = hash_;
  *this = {};
  return hash;
}

Registration::Registration(Swarm& swarm) : swarm_(swarm), users_(swarm.size()) {
  swarm_.on_joined([this](std::size_t, Clock::duration waited) { waits_.add(waited); });
  swarm_.on_other([this](std::size_t client, std::string_view part, bool last) { read(client, part, last); });
}

void Registration::run(Clock::duration within, Clock::duration limit) {
  swarm_.open(limit, within);
}

Clock::duration Registration::wait_for_complete_lists(Clock::duration limit) {
  const auto start = Clock::now();
  const auto end = start + limit;
  while (!complete()) {
    const auto now = Clock::now();
    if (now >= end) {
      const auto have = std::ranges::count(users_, complete_, &User::list);
      throw std::runtime_error("only " + std::to_string(have) + " users have the complete list");
    }
    swarm_.run(std::min(end, now + until_next_look), {}, [this] { return complete(); });
    peak_kernel_bytes_ = std::max(peak_kernel_bytes_, kernel_socket_bytes());
  }
  return Clock::now() - start;
}

bool Registration::complete() const {
  return complete_ != 0 &&
         std::ranges::all_of(users_, [&](const User& user) { return user.list == complete_; });
}

void Registration::read(std::size_t client, std::string_view part, bool last) {
  bytes_ += part.size();
  User& user = users_[client];
  user.arriving.add(part);
  if (client == 0) list_ += part;
  if (!last) return;
  ++lists_;
  user.list = user.arriving.take();
  if (client != 0) return;
  if (has_everyone(list_)) complete_ = user.list;
  list_.clear();
}

/// Everyone once, and nobody else.
bool Registration::has_everyone(std::string_view list) const {
  constexpr std::string_view field = R"("username":")";
  std::set<std::string_view> names;
  std::size_t users = 0;
  for (auto at = list.find(field); at != std::string_view::npos; at = list.find(field, at)) {
    at += field.size();
    names.insert(list.substr(at, list.find('"', at) - at));
    ++users;
  }
  if (users != users_.size() || names.size() != users) return false;
  for (std::size_t client = 0; client < users; ++client) {
    if (!names.contains(swarm_.name_of(client))) return false;
  }
  return true;
}

}  // namespace parley::bench

#include "server/epochs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "base/files.hpp"

namespace parley::server {
namespace {

using nlohmann::json;

bool is_entry(const json& entry) {
  return entry.is_object() && entry.contains("epoch") && entry["epoch"].is_number_unsigned() &&
         entry.contains("since") && entry["since"].is_number_unsigned();
}

}  // namespace

Result<Epochs, std::string> Epochs::read(std::filesystem::path file, Time now) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return Epochs(std::move(file), {});
  const auto text = read_file(file);
  const json all = text ? json::parse(*text, nullptr, false) : json();
  if (!all.is_object())
    return Failure(
        file.string() +
        " does not say which invitations were withdrawn: put back a copy, or remove it and make new keys.");
  Rooms rooms;
  for (const auto& [room, entry] : all.items()) {
    if (!is_entry(entry)) return Failure(file.string() + " has something else than an epoch for a room.");
    const Entry read{.epoch = entry["epoch"].get<std::uint64_t>(),
                     .since = Time(std::chrono::seconds(entry["since"].get<std::int64_t>()))};
    if (now - read.since < remembered) rooms.emplace(room, read);
  }
  return Epochs(std::move(file), std::move(rooms));
}

std::uint64_t Epochs::of(std::string_view room) const {
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(room);
  return found == rooms_.end() ? 0 : found->second.epoch;
}

Result<void, std::string> Epochs::advance(const std::string& room, Time now) {
  // Whoever only asks does not wait for the disk.
  const std::lock_guard writing(writing_);
  Rooms next = rooms_;
  std::erase_if(next, [&](const auto& each) { return now - each.second.since >= remembered; });
  if (next.size() >= most && !next.contains(room))
    return Failure(std::string(
        "Invitations to as many rooms were withdrawn here as this host remembers: make new keys."));
  Entry& entry = next[room];
  const auto seconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  entry = {.epoch = std::max(entry.epoch, seconds) + 1, .since = now};
  json all = json::object();
  for (const auto& [name, each] : next)
    all[name] = {{"epoch", each.epoch}, {"since", each.since.time_since_epoch().count()}};
  const auto error = write_private_file(file_, all.dump(-1, ' ', false, json::error_handler_t::replace));
  if (error)
    return Failure("The host cannot remember this, and nothing was withdrawn: " + error.message() + '.');
  const std::lock_guard lock(mutex_);
  rooms_ = std::move(next);
  return {};
}

}  // namespace parley::server

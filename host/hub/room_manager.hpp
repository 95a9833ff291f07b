#pragma once

#include <cstddef>
#include <string_view>

#include "hub/config.hpp"
#include "hub/id_generator.hpp"
#include "hub/outgoing.hpp"
#include "hub/refusal.hpp"
#include "hub/relay.hpp"
#include "hub/rooms.hpp"

namespace parley::hub {

/// What an application that keeps rooms of its own asks for; hub.hpp documents it.
class RoomManager {
 public:
  RoomManager(const Config& config, IdGenerator& ids, Rooms& rooms, Relay& relay, Outgoing& outgoing)
      : limits_(config.limits), ids_(ids), rooms_(rooms), relay_(relay), outgoing_(outgoing) {}

  [[nodiscard]] Done admit(command::Join& join);
  [[nodiscard]] Done dismiss(std::string_view room, std::string_view id);
  [[nodiscard]] Done relay(std::string_view room, std::string_view from, command::Signal& signal);
  [[nodiscard]] Done announce_joined(std::string_view room, std::string_view id);
  [[nodiscard]] Done announce_left(std::string_view room, std::string_view id);
  [[nodiscard]] Done send_roster(std::string_view room, std::string_view id);
  std::size_t clear(std::string_view room);

 private:
  [[nodiscard]] Result<Session*, Refusal> member(std::string_view room, std::string_view id);

  const Limits& limits_;
  IdGenerator& ids_;
  Rooms& rooms_;
  Relay& relay_;
  Outgoing& outgoing_;
};

}  // namespace parley::hub

#include "hub/command.hpp"

namespace parley::hub {

Token* token_of(Command& command) {
  return std::visit(
      [](auto& each) -> Token* {
        if constexpr (requires { each.token; }) {
          return &each.token;
        } else {
          return nullptr;
        }
      },
      command);
}

void show(Command& command, const std::string& token) {
  Token* const shown = token_of(command);
  if (shown != nullptr && shown->text.empty()) shown->text = token;
}

std::size_t footprint(const Message& message) {
  const auto* const signal = std::get_if<command::Signal>(&message.command);
  return sizeof(Message) + (signal == nullptr ? 0 : signal->payload.size() + signal->link.size());
}

}  // namespace parley::hub

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

}  // namespace parley::hub

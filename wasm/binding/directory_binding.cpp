// The user directory as JavaScript sees it, in the same way as a session.

#include <emscripten/bind.h>

#include <string>

#include "core/directory.hpp"
#include "driver.hpp"
#include "embind_types.hpp"

namespace parley::binding {
namespace {

constexpr const char* handler_methods =
    "openSocket sendSocket closeSocket stateChanged usersChanged callChanged tokenEnds errorRaised wakeAt";

using DirectoryBinding = Binding<Directory, DirectoryConfig, DirectoryInput>;

}  // namespace

EMSCRIPTEN_BINDINGS(parley_directory) {
  using namespace input;
  using Text = std::string;

  parley_register_handler("DirectoryHandler", handler_methods);
  emscripten::class_<DirectoryBinding>("Directory")
      .constructor<DirectoryConfig, HandlerOf<Directory>>()
      .function("register", &DirectoryBinding::tell<Register>)
      .function("leave", &DirectoryBinding::tell<Leave>)
      .function("dial", &DirectoryBinding::tell<Dial, Text>)
      .function("accept", &DirectoryBinding::tell<Accept>)
      .function("reject", &DirectoryBinding::tell<Reject>)
      .function("hangUp", &DirectoryBinding::tell<HangUp>)
      .function("renew", &DirectoryBinding::tell<Renew, Text>)
      .function("retry", &DirectoryBinding::tell<Retry>)
      .function("socketOpened", &DirectoryBinding::tell<SocketOpened, SocketId>)
      .function("socketMessage", &DirectoryBinding::tell<SocketMessage, SocketId, ForeignText>)
      .function("socketClosed", &DirectoryBinding::tell<SocketClosed, SocketId, std::uint16_t, Text>)
      .function("networkChanged", &DirectoryBinding::tell<NetworkChanged>)
      .function("timeout", &DirectoryBinding::tell<Timeout>)
      .function("snapshot", &DirectoryBinding::snapshot);
}

}  // namespace parley::binding

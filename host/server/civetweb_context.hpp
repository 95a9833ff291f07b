#pragma once

#include <civetweb.h>

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "server/address.hpp"

/// A web server of Civetweb's: threads and the sockets that they listen on.
namespace parley::server::civetweb_context {

/// What every one of ours does: errors are sent as short texts, and Civetweb's own log is debug.
/// `init_thread` gives each thread to worker_socket.
[[nodiscard]] mg_callbacks callbacks(void* (*init_thread)(const mg_context*, int));

/// Starts it with these settings, name and value in turn, and a null at the end; or says what went wrong.
[[nodiscard]] std::variant<mg_context*, std::string> start(const mg_callbacks& callbacks, void* user_data,
                                                           std::span<const char*> settings);

/// As `listening_ports` takes them.
[[nodiscard]] std::string ports_of(const std::vector<Address>& listen);

/// Puts the ports that the system chose in the place of 0.
void fill_in_ports(const mg_context* context, std::vector<Address>& addresses);

}  // namespace parley::server::civetweb_context

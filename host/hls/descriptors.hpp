#pragma once

#include <cstddef>

namespace parley::hls {

/// Lets this process open as many files as the system allows it to. Each stream has 14 sockets and more, and
/// GLib ends the process where it gets none.
void raise_descriptor_limit();

/// How many more it may open. All, where the system does not say.
[[nodiscard]] std::size_t descriptors_left();

}  // namespace parley::hls

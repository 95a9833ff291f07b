#pragma once

#include <cstddef>
#include <string_view>

namespace parley::socket_io {

/// Whether every {"_placeholder":true,"num":n} in this JSON text stands for one of so many attachments. A
/// recipient's decoder fails on others.
[[nodiscard]] bool placeholders_fit(std::string_view json, std::size_t attachments);

}  // namespace parley::socket_io

#pragma once

#include <string>
#include <vector>

namespace parley::lan {

/// A QR code in UTF-8 half blocks, two rows of modules a line, with the quiet zone around it. A light module
/// is drawn, a dark one left out: white on black, as most terminals are. Empty where the text is too long.
[[nodiscard]] std::vector<std::string> qr_code(const std::string& text);

}  // namespace parley::lan

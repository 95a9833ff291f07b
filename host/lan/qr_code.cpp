#include "lan/qr_code.hpp"

#include <qrencode.h>

#include <cstddef>
#include <memory>

namespace parley::lan {
namespace {

// Half of what the standard asks for; cameras need no more, and a small terminal has no more.
constexpr int quiet_zone = 2;

}  // namespace

std::vector<std::string> qr_code(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_L, QR_MODE_8, 1), QRcode_free);
  if (!code) return {};
  const int width = code->width;
  const auto is_light = [&](int row, int column) {
    if (row < 0 || column < 0 || row >= width || column >= width) return row < width + quiet_zone;
    return (code->data[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                       static_cast<std::size_t>(column)] &
            1U) == 0;
  };
  std::vector<std::string> lines;
  for (int row = -quiet_zone; row < width + quiet_zone; row += 2) {
    std::string line;
    for (int column = -quiet_zone; column < width + quiet_zone; ++column) {
      const bool above = is_light(row, column);
      const bool below = is_light(row + 1, column);
      line += above ? (below ? "█" : "▀") : (below ? "▄" : " ");
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace parley::lan

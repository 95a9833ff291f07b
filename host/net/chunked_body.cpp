#include "net/chunked_body.hpp"

#include <algorithm>

#include "base/hex_digit.hpp"

namespace parley::net {
namespace {

// No client that comes here sends any; more than this is an attack.
constexpr std::size_t most_overhead_bytes = 8'192;

}  // namespace

std::size_t ChunkedBody::read(std::string_view bytes, std::string& body) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ == State::reading) {
    if (part_ == Part::data) {
      const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
      body.append(bytes.substr(at, step));
      at += step;
      left_ -= step;
      if (left_ == 0) part_ = Part::data_cr;
      continue;
    }
    step(bytes[at++]);
  }
  return at;
}

void ChunkedBody::step(char c) {
  const auto expect = [this, c](char expected, Part next) {
    if (c != expected) state_ = State::malformed;
    part_ = next;
  };
  switch (part_) {
    case Part::size:
      if (const int digit = hex_digit(c); digit >= 0) {
        has_digit_ = true;
        if (++overhead_ > most_overhead_bytes) state_ = State::malformed;  // zeros without end
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        if (left_ > most_ - content_) state_ = State::too_large;
      } else if (!has_digit_) {
        state_ = State::malformed;
      } else {
        last_ = left_ == 0;
        content_ += static_cast<std::size_t>(left_);
        has_digit_ = false;
        if (c == ';') {
          part_ = Part::extension;
        } else {
          expect('\r', Part::size_lf);
        }
      }
      return;
    case Part::extension:
      if (++overhead_ > most_overhead_bytes || c == '\n') state_ = State::malformed;
      if (c == '\r') part_ = Part::size_lf;
      return;
    case Part::size_lf:
      return expect('\n', last_ ? Part::trailer : Part::data);
    case Part::data:
      return;  // read() takes these
    case Part::data_cr:
      return expect('\r', Part::data_lf);
    case Part::data_lf:
      return expect('\n', Part::size);
    case Part::trailer:
      part_ = c == '\r' ? Part::trailer_lf : Part::trailer_line;
      last_ = c == '\r';  // an empty line
      if (++overhead_ > most_overhead_bytes || c == '\n') state_ = State::malformed;
      return;
    case Part::trailer_line:
      if (++overhead_ > most_overhead_bytes || c == '\n') state_ = State::malformed;
      if (c == '\r') part_ = Part::trailer_lf;
      return;
    case Part::trailer_lf:
      expect('\n', Part::trailer);
      if (last_ && state_ == State::reading) state_ = State::complete;
      return;
  }
}

}  // namespace parley::net

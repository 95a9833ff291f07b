#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::net {

/// Reads a body in chunks (RFC 9112 section 7.1). Extensions and trailer fields are read and forgotten.
class ChunkedBody {
 public:
  enum class State : std::uint8_t { reading, complete, malformed, too_large };

  /// `most` bytes of content.
  explicit ChunkedBody(std::size_t most) : most_(most) {}

  /// Reads on and says how many bytes it took: all, unless it has come to an end. Appends the content to
  /// `body`.
  std::size_t read(std::string_view bytes, std::string& body);
  [[nodiscard]] State state() const { return state_; }

 private:
  enum class Part : std::uint8_t {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer,
    trailer_line,
    trailer_lf
  };

  void step(char c);

  const std::size_t most_;
  std::uint64_t left_ = 0;    // of this chunk
  std::size_t content_ = 0;   // so far
  std::size_t overhead_ = 0;  // bytes of extensions and trailers
  bool has_digit_ = false;
  bool last_ = false;  // this chunk is the last
  Part part_ = Part::size;
  State state_ = State::reading;
};

}  // namespace parley::net

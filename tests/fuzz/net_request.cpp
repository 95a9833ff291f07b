// Any bytes at all, as the head of a request, and as a body in chunks. What is accepted as a head holds
// nothing that two readers could read differently.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz.hpp"
#include "net/chunked_body.hpp"
#include "net/request_head.hpp"

namespace {

using namespace parley;

void read_as_head(std::string_view bytes) {
  const auto end = net::end_of_head(bytes);
  for (std::size_t seen = 0; seen < bytes.size() && seen < 64; ++seen) {
    // However much was there before, the end is where it is.
    const auto later = net::end_of_head(bytes, seen);
    if (later && (!end || *later < *end)) std::abort();
  }
  if (!end) return;
  const auto read = net::read_head(bytes.substr(0, *end));
  if (!read) return;
  if (read->chunked && read->content_length) std::abort();
  if (read->fields.size() > net::max_head_fields) std::abort();
  for (const net::HeaderField& field : read->fields) {
    for (const std::string_view text : {field.name, field.value})
      if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) std::abort();
  }
}

void read_as_chunks(std::string_view bytes) {
  constexpr std::size_t most = 200;
  net::ChunkedBody at_once(most);
  std::string whole;
  const std::size_t used = at_once.read(bytes, whole);
  net::ChunkedBody dripping(most);
  std::string dripped;
  std::size_t drops = 0;
  while (drops < bytes.size() && dripping.state() == net::ChunkedBody::State::reading)
    drops += dripping.read(bytes.substr(drops, 1), dripped);
  if (whole != dripped || used != drops || at_once.state() != dripping.state() || whole.size() > most)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  read_as_head(bytes);
  read_as_chunks(bytes);
  return 0;
}

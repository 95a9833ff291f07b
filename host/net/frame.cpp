#include "net/frame.hpp"

#include "base/utf8.hpp"

namespace parley::net {
namespace {

void append_header(std::string& out, Opcode opcode, std::size_t length) {
  out.push_back(static_cast<char>(fin_bit | static_cast<std::uint8_t>(opcode)));
  std::size_t bytes = 0;
  if (length <= max_control_payload) {
    out.push_back(static_cast<char>(length));
  } else {
    bytes = length <= 0xFFFF ? 2 : 8;
    out.push_back(static_cast<char>(bytes == 2 ? 126 : 127));
  }
  while (bytes > 0) out.push_back(static_cast<char>(length >> (8 * --bytes) & 0xFF));
}

/// RFC 6455 section 7.4: the codes that may appear in a close frame.
bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace

void append_text_header(std::string& out, std::size_t length) {
  append_header(out, Opcode::text, length);
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  append_header(out, opcode, payload.size());
  out.append(payload);
}

void append_close_frame(std::string& out, CloseReason reason) {
  if (reason.code == close_code::no_status) return append_frame(out, Opcode::close, {});
  std::string payload{static_cast<char>(reason.code >> 8), static_cast<char>(reason.code & 0xFF)};
  payload.append(reason.text.substr(0, max_control_payload - payload.size()));
  append_frame(out, Opcode::close, payload);
}

void detail::settle_header(std::string& out, std::size_t start) {
  std::string header;
  append_header(header, Opcode::text, out.size() - start - usual_header);
  out.replace(start, usual_header, header);
}

CloseReason answer_to_close(std::string_view payload) {
  if (payload.empty()) return {.code = close_code::no_status, .text = {}};
  if (payload.size() == 1)
    return {.code = close_code::protocol_error,
            .text = "a close frame's payload starts with two bytes of code"};
  const auto code = static_cast<std::uint16_t>(static_cast<std::uint8_t>(payload[0]) << 8 |
                                               static_cast<std::uint8_t>(payload[1]));
  if (!may_be_sent(code))
    return {.code = close_code::protocol_error, .text = "this close code may not be sent"};
  if (!is_utf8(payload.substr(2)))
    return {.code = close_code::not_utf8, .text = "the reason in a close frame must be UTF-8"};
  return {.code = code, .text = {}};
}

}  // namespace parley::net

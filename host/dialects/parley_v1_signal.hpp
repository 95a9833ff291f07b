#pragma once

#include <string>
#include <string_view>

#include "base/json_text.hpp"
#include "hub/hub.hpp"

namespace parley::dialects::parley_v1 {

/// What every message starts with; its fields follow, each with a comma before it, and a brace.
inline void append_head(std::string& out, std::string_view type, const hub::Delivery& delivery) {
  out += R"({"type":")";
  out += type;
  out += '"';
  if (delivery.seq != 0) {
    out += ",\"seq\":";
    append_number(out, delivery.seq);
  }
  out += ",\"ack\":";
  append_number(out, delivery.ack);
}

/// Of signals there are thousands a second: they are put together from pieces that are JSON already, in a
/// file of their own, since a compiler inlines less of each function the more there is beside it.
void append_signal(std::string& out, const hub::event::Signal& signal, const hub::Delivery& delivery);

}  // namespace parley::dialects::parley_v1

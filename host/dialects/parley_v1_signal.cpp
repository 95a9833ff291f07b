#include "dialects/parley_v1_signal.hpp"

namespace parley::dialects::parley_v1 {

void append_signal(std::string& out, const hub::event::Signal& signal, const hub::Delivery& delivery) {
  out.reserve(out.size() + signal.payload.size() + signal.link.size() + 256);
  append_head(out, "signal", delivery);
  out += ",\"from\":";
  append_string(out, signal.from);
  out += signal.kind == hub::command::SignalKind::candidate ? ",\"candidate\":" : ",\"description\":";
  out += signal.payload;
  if (!signal.link.empty()) {
    out += ",\"link\":";
    out += signal.link;
  }
  out += '}';
}

}  // namespace parley::dialects::parley_v1

#include "engine_io/output.hpp"

namespace parley::engine_io {

std::string_view name_of(EndReason reason) {
  switch (reason) {
    case EndReason::client_closed:
      return "client closed";
    case EndReason::server_closed:
      return "server closed";
    case EndReason::ping_timeout:
      return "ping timeout";
    case EndReason::transport_error:
      return "transport error";
    case EndReason::malformed:
      return "malformed packet";
    case EndReason::too_large:
      return "message too large";
    case EndReason::too_slow:
      return "client too slow";
  }
  return "";
}

}  // namespace parley::engine_io

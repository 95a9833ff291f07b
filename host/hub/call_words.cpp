#include "hub/call_words.hpp"

namespace parley::hub {

std::string_view name_of(RejectReason reason) {
  switch (reason) {
    case RejectReason::rejected:
      return "rejected";
    case RejectReason::busy:
      return "busy";
    case RejectReason::timed_out:
      return "timed-out";
  }
  return "";
}

std::string_view name_of(EndReason reason) {
  switch (reason) {
    case EndReason::cancelled:
      return "cancelled";
    case EndReason::ended:
      return "ended";
    case EndReason::gone:
      return "gone";
  }
  return "";
}

std::string_view name_of(CallState state) {
  switch (state) {
    case CallState::outgoing:
      return "outgoing";
    case CallState::incoming:
      return "incoming";
    case CallState::accepted:
      return "accepted";
  }
  return "";
}

}  // namespace parley::hub

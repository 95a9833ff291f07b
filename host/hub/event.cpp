#include "hub/event.hpp"

namespace parley::hub {
namespace {

std::size_t strings_of(const Member& member) {
  return member.id.size() + member.name.size() + member.meta.size() + member.incarnation.size() +
         member.identity.size();
}

// Only what a client is sent in its turn is ever kept; the rest counts as its frame alone.
struct Strings {
  std::size_t operator()(const event::PeerJoined& joined) const { return strings_of(joined.peer); }
  std::size_t operator()(const event::PeerUpdated& updated) const { return strings_of(updated.peer); }
  std::size_t operator()(const event::PeerAway& away) const { return away.id.size(); }
  std::size_t operator()(const event::PeerBack& back) const { return back.id.size(); }
  std::size_t operator()(const event::PeerLeft& left) const { return left.id.size(); }
  std::size_t operator()(const event::Signal& signal) const {
    return signal.from.size() + signal.to.size() + signal.payload.size() + signal.link.size();
  }
  std::size_t operator()(const event::Error& error) const { return error.message.size() + error.re.size(); }
  template <class Other>
  std::size_t operator()(const Other&) const {
    return 0;
  }
};

}  // namespace

std::string_view name_of(LeaveReason reason) {
  switch (reason) {
    case LeaveReason::left:
      return "left";
    case LeaveReason::timeout:
      return "timeout";
    case LeaveReason::replaced:
      return "replaced";
    case LeaveReason::closed:
      return "closed";
    case LeaveReason::removed:
      return "removed";
  }
  return "";
}

std::size_t footprint(const EventBody& body) {
  return sizeof(Event) + std::visit(Strings{}, body);
}

}  // namespace parley::hub

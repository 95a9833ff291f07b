#include "embind_types.hpp"

extern "C" void parley_register_type(emscripten::internal::TYPEID id, const char* name);

namespace parley::binding {
namespace {

template <class Type>
void register_type(const char* name) {
  parley_register_type(emscripten::internal::TypeID<Type>::get(), name);
}

}  // namespace

EMSCRIPTEN_BINDINGS(parley_types) {
  register_type<void>("Nothing");
  register_type<JsonText>("Json");
  register_type<HandlerOf<Session>>("SessionHandler");
  register_type<HandlerOf<Directory>>("DirectoryHandler");
  register_type<Config>("Config");
  register_type<DirectoryConfig>("DirectoryConfig");
  register_type<double>("Instant");
  register_type<std::uint32_t>("Handle");
  register_type<std::uint16_t>("CloseCode");
  register_type<std::string>("Text");
  register_type<bool>("Flag");
  register_type<ForeignText>("ForeignText");
  register_type<std::optional<std::string>>("OptionalText");
  register_type<MediaKind>("MediaKind");
  register_type<SdpType>("SdpType");
  register_type<SignalingState>("SignalingState");
  register_type<IceGatheringState>("IceGatheringState");
  register_type<IceConnectionState>("IceConnectionState");
  register_type<PeerConnectionState>("PeerConnectionState");
  register_type<Slot>("Slot");
  register_type<SlotMap>("SlotMap");
  register_type<Presence>("Presence");
  register_type<Candidate>("Candidate");
  register_type<input::Update>("Change");
  register_type<Moderation>("Moderation");
}

}  // namespace parley::binding

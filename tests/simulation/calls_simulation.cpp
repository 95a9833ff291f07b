#include "calls_simulation.hpp"

#include <algorithm>
#include <utility>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

/// Messages that are on their way have arrived by then, and what follows from them, too.
constexpr Duration moment = 4s;
/// Everything has recovered by then: a lost socket was noticed, a resume window closed, a ring timed out.
constexpr Duration calls_patience = 150s;
/// Whoever finds nobody in the room of a call does not wait for ever.
constexpr Duration alone_for = 40s;

std::string secret_of(const std::string& page) {
  return "secret of " + page;
}

}  // namespace

CallsSimulation::CallsSimulation(std::uint64_t seed, Log log)
    : log_(std::move(log)), choice_(seed ^ 0x5a5a5a5a5a5a5a5a), time_(seed), disturbed_(choice_.chance(50)) {}

Result CallsSimulation::run() {
  const auto people = 2 + choice_.below(choice_.chance(60) ? 2 : 5);
  for (std::uint64_t i = 0; i < people; ++i) open(std::string(1, static_cast<char>('a' + i)));
  time_.run_for(choice_.chance(30) ? choice_.between(0ms, 500ms) : 2s);
  // Close together, so that their messages cross.
  const Duration length = choice_.chance(60) ? choice_.between(20ms, 1s) : choice_.between(1s, 60s);
  for (auto count = 1 + choice_.below(20); count > 0; --count) {
    time_.after(choice_.between(0ms, length), [this] { act(); });
  }
  if (disturbed_) {
    for (auto count = 1 + choice_.below(8); count > 0; --count) {
      time_.after(choice_.between(0ms, length), [this] { disturb(); });
    }
  }
  for (const Instant end = time_.now() + length; time_.now() < end && !result_.failure;) {
    time_.run_for(std::min<Duration>(500ms, end - time_.now()));
    register_the_refused();
  }
  if (!result_.failure) settle();
  return result_;
}

// People.

Phone::World CallsSimulation::world() {
  return {
      .time = time_,
      .host = host_,
      .note = [this](const Phone& phone,
                     std::string_view what) { note(phone.label() + " " + std::string(what)); },
      .broken = [this](const Phone& phone, const std::string& what) { fail(phone.label() + ": " + what); },
      .call_changed =
          [this](Phone& phone) {
            ++result_.inputs;
            move(phone);
            react(phone);
          }};
}

void CallsSimulation::open(const std::string& name, std::optional<std::string> former) {
  const std::string label = name + std::to_string(++last_page_);
  phones_.push_back(std::make_unique<Phone>(world(),
                                            DirectoryConfig{.url = "ws://host/ws",
                                                            .name = name,
                                                            .id = "id-" + name,
                                                            .secret = secret_of(label),
                                                            .former = std::move(former),
                                                            .seed = choice_.next()},
                                            label));
  phones_.back()->handle(input::Register{});
}

Phone& CallsSimulation::any() {
  return *phones_[choice_.below(phones_.size())];
}

Phone* CallsSimulation::find(const std::string& name) {
  const auto found = std::ranges::find(phones_, name, [](const auto& phone) { return phone->name(); });
  return found == phones_.end() ? nullptr : found->get();
}

void CallsSimulation::act() {
  Phone& phone = any();
  switch (choice_.below(5)) {
    case 0:
      return phone.handle(input::HangUp{});
    case 1:
      return phone.handle(input::Accept{});
    default: {
      if (phone.call().state != CallState::idle || phone.state() == LinkState::lost) return;
      Phone& other = any();
      phone.handle(input::Dial{.name = &other == &phone && choice_.chance(90) ? "nobody" : other.name()});
      // The other one has the same idea.
      if (choice_.chance(40) && other.call().state == CallState::idle && other.state() != LinkState::lost) {
        time_.after(choice_.between(0ms, 60ms), [this, from = other.name(), to = phone.name()] {
          Phone* again = find(from);
          if (again != nullptr && again->call().state == CallState::idle &&
              again->state() != LinkState::lost) {
            again->handle(input::Dial{.name = to});
          }
        });
      }
    }
  }
}

void CallsSimulation::later(Phone& phone, Duration delay, const std::function<void(Phone&)>& then) {
  time_.after(delay, [this, page = phone.label(), call = phone.call(), then] {
    const auto found = std::ranges::find(phones_, page, [](const auto& other) { return other->label(); });
    if (!quiet_ && found != phones_.end() && (*found)->call() == call) then(**found);
  });
}

void CallsSimulation::react(Phone& phone) {
  const auto say = [](const DirectoryInput& input) { return [input](Phone& self) { self.handle(input); }; };
  const Duration soon = choice_.chance(50) ? choice_.between(0ms, 100ms) : choice_.between(100ms, 4s);
  switch (phone.call().state) {
    case CallState::incoming:
      if (choice_.chance(60)) return later(phone, soon, say(input::Accept{}));
      if (choice_.chance(60)) return later(phone, soon, say(input::Reject{}));
      return;
    case CallState::outgoing:
      if (choice_.chance(30)) return later(phone, soon, say(input::HangUp{}));
      return;
    case CallState::accepted:
      if (choice_.chance(60)) return later(phone, soon, say(input::HangUp{}));
      return;
    case CallState::idle:
      // Some call again at once.
      if (choice_.chance(20) && !phone.call().with.name.empty()) {
        later(phone, choice_.between(0ms, 30ms), [](Phone& self) {
          if (self.state() != LinkState::lost) self.handle(input::Dial{.name = self.call().with.name});
        });
      }
  }
}

// The room of a call.

void CallsSimulation::move(Phone& phone) {
  const auto was = in_room_.find(&phone);
  const std::string& room = phone.call().room;
  if (was != in_room_.end() && was->second == room) return;
  leave_room(phone);
  if (room.empty()) return;
  in_room_[&phone] = room;
  rooms_[room].insert(&phone);
  time_.after(alone_for, [this, &phone, room] {
    if (phone.call().room == room && rooms_[room].size() < 2) phone.handle(input::HangUp{});
  });
}

void CallsSimulation::leave_room(const Phone& phone) {
  const auto was = in_room_.find(&phone);
  if (was == in_room_.end()) return;
  const std::string room = was->second;
  in_room_.erase(was);
  rooms_[room].erase(&phone);
  for (const auto& other : phones_) {
    if (!rooms_[room].contains(other.get())) continue;
    time_.after(choice_.between(10ms, 600ms), [this, left = other.get(), room] {
      if (left->call().room == room && rooms_[room].size() < 2) left->handle(input::HangUp{});
    });
  }
}

// Disturbances.

void CallsSimulation::disturb() {
  ++result_.disturbances;
  const auto drawn = choice_.below(100);
  if (drawn < 45) return drop_socket();
  if (drawn < 60) return restart_host();
  if (drawn < 70) return any().handle(input::NetworkChanged{});
  if (drawn < 80) return any().handle(input::Retry{});
  if (drawn < 90) {
    Phone& phone = any();
    phone.handle(input::Leave{});
    time_.after(choice_.between(0ms, 2s), [&phone] { phone.handle(input::Register{}); });
    return;
  }
  close_page(any(), choice_.chance(50));
}

void CallsSimulation::drop_socket() {
  const Phone& phone = any();
  if (!phone.socket()) return;
  note(phone.label() + "'s socket breaks");
  host_.drop(phone.socket());
}

void CallsSimulation::restart_host() {
  note("the host restarts");
  const Duration pause = choice_.between(0ms, 5s);
  host_back_ = std::max(host_back_, time_.now() + pause);
  host_.restart(pause);
}

void CallsSimulation::close_page(Phone& phone, bool says_so) {
  note(phone.label() + " is loaded anew");
  if (says_so) phone.handle(input::Leave{});
  leave_room(phone);
  phone.destroy();
  const auto found = std::ranges::find(phones_, &phone, &std::unique_ptr<Phone>::get);
  const std::string name = phone.name();
  // In another tab, half of the time.
  const bool same_tab = last_page_ % 2 == 0;
  auto former = same_tab ? std::optional(secret_of(phone.label())) : std::nullopt;
  gone_.push_back(std::move(*found));
  phones_.erase(found);
  open(name, std::move(former));
}

void CallsSimulation::register_the_refused() {
  for (const auto& phone : phones_) {
    if (phone->state() == LinkState::lost && choice_.chance(30)) phone->handle(input::Register{});
  }
}

// What must be so.

void CallsSimulation::note(const std::string& what) {
  if (log_) log_(std::to_string(time_.now().time_since_epoch().count()) + "  " + what);
}

void CallsSimulation::fail(const std::string& what) {
  if (result_.failure) return;
  result_.failure = "at " + std::to_string(time_.now().time_since_epoch().count()) + " ms: " + what;
  note("FAILED: " + what);
}

void CallsSimulation::settle() {
  note("nobody does anything any more");
  quiet_ = true;
  if (!disturbed_) {
    // Nothing rings for so short a time that its end could hide a disagreement.
    time_.run_for(moment);
    // A ring may time out just now: until the other side has heard that, they do not agree, and need not.
    while (host_.busy()) time_.run_for(1ms);
    if (const auto finding = disagreement()) return fail("while it rings: " + *finding);
  }
  const Instant deadline = std::max(host_back_, time_.now()) + calls_patience;
  Finding finding;
  do {
    time_.run_for(1s);
    if (result_.failure) return;
    register_the_refused();
    finding = unrest();
    if (!finding) finding = disagreement();
  } while (finding && time_.now() < deadline);
  if (finding) return fail("after quiet: " + *finding);
  call_everybody();
}

CallsSimulation::Finding CallsSimulation::disagreement() {
  const auto expected = [](CallState state) {
    if (state == CallState::outgoing) return CallState::incoming;
    return state == CallState::incoming ? CallState::outgoing : state;
  };
  for (const auto& phone : phones_) {
    const CallInfo& call = phone->call();
    if (call.state == CallState::idle) continue;
    const Phone* other = find(call.with.name);
    if (other == nullptr) return phone->label() + " has a call with nobody";
    const CallInfo& theirs = other->call();
    if (theirs.with.name != phone->name() || theirs.state != expected(call.state) ||
        theirs.room != call.room) {
      return phone->label() + " and " + other->label() + " do not agree on their call";
    }
  }
  return std::nullopt;
}

CallsSimulation::Finding CallsSimulation::unrest() {
  for (const auto& phone : phones_) {
    if (phone->state() != LinkState::connected) return phone->label() + " is not online";
    if (!phone->socket() || phone->socket()->broken) return phone->label() + " has a broken socket";
    if (phone->users().size() != phones_.size() - 1) return phone->label() + " does not see everybody";
    const CallState state = phone->call().state;
    if (state == CallState::outgoing || state == CallState::incoming) return phone->label() + " still rings";
  }
  return std::nullopt;
}

/// Whom the host thinks busy, or does not think of at all, cannot be called.
void CallsSimulation::call_everybody() {
  for (const auto& phone : phones_) phone->handle(input::HangUp{});
  time_.run_for(moment);
  for (std::size_t i = 0; i < phones_.size() && !result_.failure; ++i) {
    Phone& caller = *phones_[i];
    Phone& callee = *phones_[(i + 1) % phones_.size()];
    caller.handle(input::Dial{.name = callee.name()});
    time_.run_for(moment);
    const CallInfo& call = callee.call();
    if (call.state != CallState::incoming || call.with.name != caller.name()) {
      return fail(callee.label() + " cannot be called by " + caller.label() + ": " +
                  caller.call().reason.code);
    }
    caller.handle(input::HangUp{});
    time_.run_for(moment);
    if (call.state != CallState::idle) return fail(callee.label() + " rings though nobody calls");
  }
}

}  // namespace parley::simulation

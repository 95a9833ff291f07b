#include "phone.hpp"

#include <utility>

#include "core/state_names.hpp"

namespace parley::simulation {
namespace {

constexpr std::size_t outputs_of_a_phone = 100;

}  // namespace

Phone::Phone(World world, DirectoryConfig config, std::string label)
    : world_(std::move(world)),
      label_(std::move(label)),
      name_(config.name),
      directory_(std::in_place, std::move(config)),
      socket_(
          world_.host, [this](const DirectoryInput& input) { handle(input); },
          [this](const std::string& what) { world_.broken(*this, what); }),
      timer_(world_.time,
             {.next_timeout = [this] { return directory_ ? directory_->next_timeout() : Deadline{}; },
              .timeout = [this] { handle(input::Timeout{}); },
              .broken = [this](const std::string& what) { world_.broken(*this, what); }}) {}

void Phone::handle(const DirectoryInput& input) {
  if (!directory_) return;
  if (const auto* message = std::get_if<input::SocketMessage>(&input))
    world_.note(*this, "<- " + message->text);
  // To dial whoever is calling is to accept.
  const auto* dial = std::get_if<input::Dial>(&input);
  if (std::holds_alternative<input::Accept>(input) || (dial && dial->name == call_.with.name))
    accepted_ = true;
  directory_->handle(input, world_.time.now());
  std::size_t count = 0;
  while (const auto output = directory_->poll()) {
    if (++count == outputs_of_a_phone) world_.broken(*this, "one input brought forth too many outputs");
    std::visit([this](const auto& alternative) { perform(alternative); }, *output);
  }
  timer_.set();
}

void Phone::destroy() {
  socket_.close();
  directory_.reset();
}

void Phone::perform(const output::SendSocket& send) {
  world_.note(*this, "-> " + send.text);
  socket_.perform(send);
}

void Phone::perform(const output::StateChanged& change) {
  world_.note(*this, std::string(parley::name(change.state)) + ": " + change.reason.code);
  state_ = change.state;
}

void Phone::perform(const output::CallChanged& change) {
  const bool rang = call_.state == CallState::incoming;
  if (change.call.state == CallState::accepted && rang && !accepted_) {
    world_.broken(*this, "was put through without having accepted");
  }
  accepted_ = false;
  call_ = change.call;
  world_.note(*this, "call " + std::string(parley::name(call_.state)) + " with " + call_.with.name + " " +
                         call_.room + call_.reason.code);
  world_.call_changed(*this);
}

void Phone::perform(const output::ErrorRaised& error) {
  world_.broken(*this, "error " + error.reason.code + ": " + error.reason.message);
}

}  // namespace parley::simulation

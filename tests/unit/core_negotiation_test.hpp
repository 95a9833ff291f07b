#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/negotiation.hpp"
#include "core_outputs.hpp"

namespace parley {

inline constexpr std::uint32_t our_tag = 100;
inline constexpr std::uint32_t their_tag = 200;

inline const std::vector<Slot> camera{{.name = "camera", .kind = MediaKind::video}};

inline std::string sdp(const std::string& ufrag) {
  return "v=0\r\na=ice-ufrag:" + ufrag + "\r\n";
}

inline Description offer(const std::string& ufrag) {
  return {.type = SdpType::offer, .sdp = sdp(ufrag)};
}
inline Description answer(const std::string& ufrag) {
  return {.type = SdpType::answer, .sdp = sdp(ufrag)};
}

inline Candidate candidate(const std::string& text, std::optional<std::string> ufrag) {
  return {.candidate = text,
          .sdp_mid = "0",
          .sdp_m_line_index = std::nullopt,
          .username_fragment = std::move(ufrag)};
}

/// One side's negotiation with bob, and what it has said to the browser and to him.
class Side {
 public:
  struct Role {
    bool polite = false;
    bool waits = false;
    std::vector<Slot> slots{};
  };

  explicit Side(const Role& role)
      : negotiation_({.peer = "bob",
                      .polite = role.polite,
                      .waits = role.waits,
                      .connection = 1,
                      .tag = our_tag,
                      .ice_servers = {}},
                     role.slots, start, outputs) {}

  Negotiation* operator->() { return &negotiation_; }

  /// The browser made this description.
  Negotiation::Outbox made(Description description, SlotMap slots = {}) {
    Negotiation::Outbox outbox;
    negotiation_.local_description(
        {.connection = 1, .description = std::move(description), .slots = std::move(slots)}, outbox);
    return outbox;
  }

  Negotiation::Outbox gathered(const Candidate& found) {
    Negotiation::Outbox outbox;
    negotiation_.local_candidate(found, outbox);
    return outbox;
  }

  Negotiation::Outbox repeated(bool candidates) {
    Negotiation::Outbox outbox;
    negotiation_.repeat(candidates, outbox);
    return outbox;
  }

  void receive(std::variant<Description, Candidate> body, std::uint32_t number = 1, SlotMap slots = {}) {
    negotiation_.receive(
        {.peer = "bob",
         .body = std::move(body),
         .link = wire::LinkTag{
             .connection = their_tag, .remote = our_tag, .negotiation = number, .slots = std::move(slots)}});
  }

  void receive_foreign(std::variant<Description, Candidate> body) {
    negotiation_.receive({.peer = "bob", .body = std::move(body), .link = std::nullopt});
  }

  /// What the browser is asked for since the last call.
  Outputs asked() { return drain(outputs); }

  /// Offers and is answered.
  void negotiate() {
    (void)made(offer("ours"));
    receive(answer("theirs"));
    negotiation_.remote_description_applied();
    (void)asked();
  }

  static constexpr Instant start{};
  Outputs outputs;

 private:
  Negotiation negotiation_;
};

inline std::vector<std::string> candidates_in(const Outputs& outputs) {
  std::vector<std::string> texts;
  for (const auto& add : all<output::AddCandidate>(outputs)) texts.push_back(add.candidate.candidate);
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace parley

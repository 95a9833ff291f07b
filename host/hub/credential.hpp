#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hub/error.hpp"
#include "hub/name_patterns.hpp"
#include "hub/rights.hpp"
#include "hub/time.hpp"

namespace parley::hub {

/// Who somebody is and what they may do, as whoever the host listens to says.
struct Pass {
  std::string identity{};  ///< who this is, for ever; empty where it is nobody's own
  std::string name{};      ///< the only one that this person may go by; empty: any
  NamePatterns rooms = NamePatterns::any();
  NamePatterns sims = NamePatterns::any();  ///< numbers to publish under
  Rights may{};
  Instant ends{};
  /// Of an account, whose name is the identity: which of its sign-ins this is. Nothing: no account of this host has it.
  std::optional<std::uint64_t> sign_in{};
};

/// What somebody has shown to be let in: nothing, a pass, or something that is not taken for one.
struct Credential {
  struct Fault {
    ErrorCode code = ErrorCode::token_malformed;
    std::string_view sentence{};  ///< a literal: what is wrong and what to do
  };

  std::shared_ptr<const Pass> pass{};
  std::optional<Fault> fault{};

  [[nodiscard]] bool shown() const { return pass != nullptr || fault.has_value(); }
};

/// A token that came with a message. What it is worth is found out before the hub hears of it.
struct Token {
  std::string text{};
  Credential credential{};
};

}  // namespace parley::hub

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hub/config.hpp"
#include "hub/connection.hpp"
#include "hub/refusal.hpp"
#include "hub/time.hpp"

namespace parley::hub {

/// Whether who comes has shown what it takes. What anybody may do without a token, whoever shows a right one may, too;
/// a token that is not taken is refused wherever one is looked at.
class Access {
 public:
  /// For what was shown at this instant.
  explicit Access(Auth auth) : auth_(auth) {}
  /// For what may have been shown long ago.
  explicit Access(const Config& config) : auth_(config.auth), is_signed_in_(config.is_signed_in) {}

  /// Enters this room, which may be private, or publishes in it. `called`: a call that this one has accepted goes on
  /// there.
  [[nodiscard]] Done enter(const Connection& connection, std::string_view room, bool called, bool is_private,
                           Instant now) const;
  /// Is called by this name, and calls others.
  [[nodiscard]] Done enroll(const Connection& connection, std::string_view name, Instant now) const;

  // By HTTP, where there is no connection.

  /// Sees the stream of this number, whose room may be private.
  [[nodiscard]] Done watch(const Credential& shown, std::string_view sim, bool is_private, Instant now) const;
  /// Whether that takes a token.
  [[nodiscard]] bool asks(bool is_private) const {
    return auth_ == Auth::all || (auth_ == Auth::rooms && is_private);
  }
  /// Is told what the host tells all that it lets in.
  [[nodiscard]] Done ask(const Credential& shown, Instant now) const;
  /// Says who is in this room, and what they may do there. Nobody may without a token.
  [[nodiscard]] Done moderate(const Credential& shown, std::string_view room, Instant now) const;
  /// Manages rooms. Nobody may without a token.
  [[nodiscard]] Done administer(const Credential& shown, Instant now) const;

 private:
  [[nodiscard]] Done check(const Credential& shown, bool needs_pass, Instant now) const;

  const Auth auth_;
  const std::function<bool(std::string_view name, std::uint64_t sign_in)> is_signed_in_{};
};

/// Whether a stay under this name may go on with what is shown now instead of the pass before.
[[nodiscard]] Done goes_on(const std::shared_ptr<const Pass>& before, std::string_view name,
                           const Credential& shown);

/// Whether a stay that began with the one pass may go on with the other: of the same identity, or of none as before.
[[nodiscard]] bool is_same_person(const std::shared_ptr<const Pass>& before,
                                  const std::shared_ptr<const Pass>& now);

/// Whether this is the pass of the account of this name.
[[nodiscard]] bool owns(const std::shared_ptr<const Pass>& pass, std::string_view name);

/// The name that this one goes by, where its pass says one; else `wish`.
[[nodiscard]] std::string name_for(const Connection& connection, const std::string& wish);

}  // namespace parley::hub

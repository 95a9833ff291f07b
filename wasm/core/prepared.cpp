#include "prepared.hpp"

#include <utility>

#include "limits.hpp"

namespace parley {

Prepared::Prepared(LinkContext& context, Instant now)
    : negotiation_({.peer = {},
                    .connection = ++context.last_connection,
                    .tag = context.random.tag(),
                    .ice_servers = context.ice_servers},
                   context.slots, now, context.outputs),
      expires_(now + limits.prepared_for) {}

Link::Beginning Prepared::give() {
  return {.negotiation = std::move(negotiation_), .signaling = signaling_, .gathering = gathering_};
}

// There is nobody yet to tell: the negotiation repeats all of it once there is.

void Prepared::on(const input::LocalDescription& result) {
  Negotiation::Outbox nobody;
  negotiation_.local_description(result, nobody);
}

void Prepared::on(const input::LocalCandidate& gathered) {
  Negotiation::Outbox nobody;
  negotiation_.local_candidate(gathered.candidate, nobody);
}

}  // namespace parley

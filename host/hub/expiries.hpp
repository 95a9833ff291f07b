#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "hub/config.hpp"
#include "hub/credential.hpp"
#include "hub/time.hpp"

namespace parley::hub {

struct Session;
struct User;

/// By when whose pass ends, and who is to be warned of it before.
class Expiries {
 public:
  struct Entry {
    Session* session = nullptr;  ///< whose it is: this or the user
    User* user = nullptr;
    Instant ends{};
    bool warned = false;
  };
  using Position = std::multimap<Instant, Entry>::iterator;

  explicit Expiries(const Limits& limits) : limits_(limits) {}

  /// From now on, and instead of the pass before. Null: it is here without one.
  void watch(Session& session, const std::shared_ptr<const Pass>& pass, Instant now);
  void watch(User& user, const std::shared_ptr<const Pass>& pass, Instant now);
  template <class Holder>
  void forget(Holder& holder) {
    if (holder.pass_ends) due_.erase(*holder.pass_ends);
    holder.pass_ends.reset();
  }

  /// Passes of which this is true end at this instant, if not before. Costs O(all), so it is made to be rare.
  void end_where(const std::function<bool(const Pass&)>& is_over, Instant at);

  [[nodiscard]] std::optional<Instant> next_timeout() const;
  /// Who is due by now: to be warned at first, which moves the entry to its end; then to be forgotten by the caller.
  [[nodiscard]] std::optional<Entry> next_due(Instant now);

 private:
  template <class Holder>
  void watch(Holder& holder, Entry entry, const std::shared_ptr<const Pass>& pass, Instant now);
  void move_to_end(Position position);
  static void settle(const Entry& entry, Position at);

  const Limits& limits_;
  std::multimap<Instant, Entry> due_;
};

}  // namespace parley::hub

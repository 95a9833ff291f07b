#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "hub/config.hpp"
#include "hub/outgoing.hpp"
#include "hub/time.hpp"
#include "hub/user.hpp"
#include "hub/user_list.hpp"

namespace parley::hub {

/// Tells everybody who is online. A dialect that has words for it gets what has changed, page by page, as its
/// clients ask for more; any other gets the whole list each time, less often the longer that is. Both keep to
/// `users_interval` and `users_bytes_per_second`.
class Presence {
 public:
  Presence(const Config& config, UserList& users, Outgoing& outgoing)
      : config_(config), limits_(config.limits), users_(users), outgoing_(outgoing) {}

  /// The user has a connection now, and knows nothing of the list.
  void connected(User& user);
  /// The user is about to lose its connection; one without it is away already.
  void disconnected(User& user);
  /// Its client has read what it was sent of the list. Of a long list it gets the next page at once, as fast
  /// as its line is; changes wait for their turn.
  void request_page(User& user);
  /// Both are in a call now, or no longer. The rate of rings bounds what that costs.
  void set_in_call(const Call& call, bool in_call);

  /// Sends what is due. To be called at the end of every turn.
  void publish();
  [[nodiscard]] std::optional<Instant> next_timeout() const;

 private:
  struct Page {
    std::shared_ptr<const Event> event;
    Known then;  ///< what its reader knows afterwards
  };

  void count_reader(const User& user, int more);
  [[nodiscard]] Duration list_cost(std::size_t readers) const;
  [[nodiscard]] Instant list_due() const;
  void send_list();
  struct Readers {
    bool know = false;       ///< the list, but for what has changed since; or they still read it
    std::uint64_t last = 0;  ///< who of them had news last, by number
  };

  void send_news();
  [[nodiscard]] bool send_news_to(Readers& readers, std::size_t budget);
  [[nodiscard]] std::size_t news_budget() const;
  [[nodiscard]] Page page_after(Known known) const;
  void send_page(User& user, const Page& page);

  const Config& config_;
  const Limits& limits_;
  UserList& users_;
  Outgoing& outgoing_;
  /// The whole list, for those who take no changes.
  struct {
    std::uint64_t seen = 0;   ///< of the changes
    std::uint64_t told = 0;   ///< the change up to which it was sent last
    std::size_t readers = 0;  ///< those who have a connection
    Instant changed_at{};
    Instant sent_at{};
    Duration cost{};
  } list_;
  bool news_wanted_ = false;   ///< there may be somebody who takes news, and does not know all
  Instant news_due_{};         ///< not before
  std::size_t news_sent_ = 0;  ///< bytes, from the last turn on
  Readers know_the_list_{.know = true};
  Readers read_the_list_{.know = false};
};

}  // namespace parley::hub

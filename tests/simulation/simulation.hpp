#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agreement.hpp"
#include "chat_ledger.hpp"
#include "network.hpp"
#include "result.hpp"
#include "simulated_host.hpp"
#include "tab.hpp"
#include "virtual_time.hpp"

namespace parley::simulation {

/// One schedule: some tabs in one room on virtual time, disturbed at random for a while and then left alone.
/// After quiet, all must be as if nothing had ever happened. The seed alone decides everything.
class Simulation final : private Watcher {
 public:
  struct Observer {
    /// A line a person can read.
    std::function<void(std::string_view line)> log;
    /// A line of the trace of the tab with this label.
    std::function<void(const std::string& label, std::string_view line)> trace;
  };

  explicit Simulation(std::uint64_t seed, Observer observer = {});
  ~Simulation() override;

  [[nodiscard]] Result run();

 private:
  void input(const Tab& tab, const Input& input) override;
  void output(const Tab& tab, const Output& output) override;
  void broken(const Tab& tab, const std::string& what) override;
  void fail(const std::string& what);
  void note(const std::string& what);

  // Disturbances.
  void disturb();
  void arrive(Place place, std::optional<std::string> former = {});
  void newcomer();
  void remove(Tab& tab, bool leaves);
  void leave();
  void reload();
  void drop_socket();
  void restart_host();
  void cut_path();
  void open_slots();
  void change_presence();
  void rename();
  void say();
  void network_changed();
  void retry();
  [[nodiscard]] Tab& any_tab();

  /// A repair would hide that a candidate was lost, so that is looked for where nothing excuses it.
  void starved(Place one, Place other);
  void settle();
  void retry_what_is_lost();

  Observer observer_;
  Random choice_;
  VirtualTime time_;
  Network network_{time_};
  SimulatedHost host_{time_};
  ChatLedger ledger_;
  Tabs tabs_;
  Tabs gone_;  ///< their queued events may still ask for them
  Place last_place_ = 0;
  unsigned last_tab_ = 0;
  std::map<Place, Instant> signaling_broke_;  ///< last
  Instant host_broke_{Duration::min() / 2};
  Instant disturbed_until_{};  ///< the host is not there before
  Result result_;
};

}  // namespace parley::simulation

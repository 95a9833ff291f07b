#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "phone.hpp"
#include "result.hpp"
#include "simulated_host.hpp"
#include "virtual_time.hpp"

namespace parley::simulation {

/// One schedule of calls by name: some people who call, answer, decline and give up at random, half of the
/// time with sockets that break, pages that are closed and a host that is restarted. After quiet, nobody is
/// stuck ringing, both sides of each call agree on it, and everybody can be called. The seed alone decides
/// everything.
class CallsSimulation {
 public:
  using Log = std::function<void(std::string_view line)>;

  explicit CallsSimulation(std::uint64_t seed, Log log = {});

  [[nodiscard]] Result run();

 private:
  using Finding = std::optional<std::string>;

  void fail(const std::string& what);
  void note(const std::string& what);
  [[nodiscard]] Phone::World world();

  // People.
  Phone& any();
  [[nodiscard]] Phone* find(const std::string& name);
  void open(const std::string& name, std::optional<std::string> former = {});
  void act();
  void dial();
  /// Whoever sees this call acts on it, later, if it is still the same then.
  void react(Phone& phone);
  void later(Phone& phone, Duration delay, const std::function<void(Phone&)>& then);

  // The room of a call, where a Session would be: who is left alone in it hangs up.
  void move(Phone& phone);
  void leave_room(const Phone& phone);

  // Disturbances.
  void disturb();
  void drop_socket();
  void restart_host();
  void close_page(Phone& phone, bool says_so);
  /// A page that is loaded anew finds its name taken for a while, and tries again.
  void register_the_refused();

  // What must be so.
  void settle();
  /// Of two sides of a call; where nothing is on its way.
  [[nodiscard]] Finding disagreement();
  [[nodiscard]] Finding unrest();
  void call_everybody();

  Log log_;
  Random choice_;
  VirtualTime time_;
  SimulatedHost host_{time_};
  std::vector<std::unique_ptr<Phone>> phones_;
  std::vector<std::unique_ptr<Phone>> gone_;  ///< their queued events may still ask for them
  std::map<std::string, std::set<const Phone*>> rooms_;
  std::map<const Phone*, std::string> in_room_;
  bool disturbed_;
  bool quiet_ = false;
  Instant host_back_{};
  unsigned last_page_ = 0;
  Result result_;
};

}  // namespace parley::simulation

#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "model_peer_connection.hpp"
#include "network.hpp"
#include "virtual_time.hpp"

namespace parley::simulation {

/// One of the model's connections and all that it has reported, in order.
struct Browser {
  Browser(VirtualTime& time, Network& network, Place place)
      : connection(std::make_shared<ModelPeerConnection>(place, "browser" + std::to_string(place), time,
                                                         [this](Input input) { take(std::move(input)); })) {
    network.attach(connection, place, [this](Input input) { take(std::move(input)); });
  }

  void take(Input input) { reported.push_back(std::move(input)); }

  template <class Report>
  [[nodiscard]] std::vector<Report> all() const {
    std::vector<Report> found;
    for (const Input& input : reported) {
      if (const auto* report = std::get_if<Report>(&input)) found.push_back(*report);
    }
    return found;
  }
  template <class Report>
  [[nodiscard]] std::size_t count() const {
    return all<Report>().size();
  }
  [[nodiscard]] Description described() const { return all<input::LocalDescription>().back().description; }
  [[nodiscard]] ModelSdp sdp() const { return *read_sdp(described().sdp); }

  std::vector<Input> reported;
  std::shared_ptr<ModelPeerConnection> connection;
};

/// Two browsers whose signaling is the test's own doing.
struct TwoBrowsers {
  VirtualTime time{1};
  Network network{time};
  Browser ada{time, network, 1};
  Browser bob{time, network, 2};

  const Slot camera{.name = "camera", .kind = MediaKind::video};

  void settle() { time.run_for(std::chrono::milliseconds(100)); }
  void offer(Browser& from) {
    from.connection->set_local_description();
    settle();
  }
  void apply(Browser& to, const Browser& from) {
    to.connection->set_remote_description(from.described());
    settle();
  }
  /// An offer and its answer.
  void negotiate(Browser& from, Browser& to) {
    offer(from);
    apply(to, from);
    to.connection->set_local_description();
    settle();
    apply(from, to);
  }
  /// Hands over all candidates that `from` has gathered.
  void trickle(const Browser& from, Browser& to) {
    time.run_for(std::chrono::seconds(3));
    for (const auto& gathered : from.all<input::LocalCandidate>())
      to.connection->add_candidate(gathered.candidate);
    settle();
  }
};

}  // namespace parley::simulation

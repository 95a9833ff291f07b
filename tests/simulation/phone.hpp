#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/directory.hpp"
#include "page.hpp"

namespace parley::simulation {

/// One page of somebody who can be called by name: the real core, a socket, and an application that believes
/// what the core tells it. Nobody is put through who has not accepted what rings.
class Phone {
 public:
  struct World {
    VirtualTime& time;
    SimulatedHost& host;
    std::function<void(const Phone&, std::string_view)> note;
    std::function<void(const Phone&, const std::string&)> broken;
    /// The call is another, or another state of the same.
    std::function<void(Phone&)> call_changed;
  };

  Phone(World world, DirectoryConfig config, std::string label);

  void handle(const DirectoryInput& input);
  /// The page is gone and has said nothing.
  void destroy();

  [[nodiscard]] const std::string& label() const { return label_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const CallInfo& call() const { return call_; }
  [[nodiscard]] LinkState state() const { return state_; }
  [[nodiscard]] const std::vector<User>& users() const { return users_; }
  [[nodiscard]] const SocketRef& socket() const { return socket_.ref(); }

 private:
  void perform(const output::OpenSocket& open) { socket_.perform(open); }
  void perform(const output::SendSocket& send);
  void perform(const output::CloseSocket& close) { socket_.perform(close); }
  void perform(const output::StateChanged& change);
  void perform(const output::UsersChanged& change) { users_ = change.users; }
  void perform(const output::CallChanged& change);
  void perform(const output::TokenEnds&) {}
  void perform(const output::ErrorRaised& error);
  /// A Session's.
  void perform(const auto&) { world_.broken(*this, "a directory knows nothing of connections"); }

  World world_;
  std::string label_;
  std::string name_;
  std::optional<Directory> directory_;
  PageSocket<DirectoryInput> socket_;
  PageTimer timer_;
  LinkState state_ = LinkState::connecting;
  std::vector<User> users_;
  CallInfo call_;
  bool accepted_ = false;  ///< by its user, the call that rings
};

}  // namespace parley::simulation

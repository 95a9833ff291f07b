#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::media {

/// Which worker of the media gateway has the files of a SIM number: one at a time, from the first publisher
/// of that number until the files are gone. A publisher that comes back is sent there, and goes on in the
/// same playlist.
class HlsHomes {
 public:
  using Worker = std::size_t;

  /// There are files of that number, and no worker has them.
  void leave(std::string sim);
  /// From now on this worker has it.
  void settle(std::string_view sim, Worker worker);
  /// Nothing is left of it.
  void release(std::string_view sim, Worker worker);
  /// This worker is gone: nobody has what it had.
  void lose(Worker worker);

  [[nodiscard]] std::optional<Worker> of(std::string_view sim) const;
  [[nodiscard]] bool is_left(std::string_view sim) const;
  /// All numbers that are left to nobody.
  [[nodiscard]] std::vector<std::string> left() const;
  [[nodiscard]] std::size_t count(Worker worker) const;

 private:
  std::map<std::string, std::optional<Worker>, std::less<>> homes_;
};

}  // namespace parley::media

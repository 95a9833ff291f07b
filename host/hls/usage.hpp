#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace parley::hls {

/// What the workers of one host take of what all of them may have together: a page of memory that they share,
/// with a row for each. Whoever counts something adds it to its own row and then looks at all of them; so two
/// that come at once may both be refused, and never both be let in. The host empties the row of a worker that
/// is gone.
class Usage {
 public:
  struct Row {
    std::atomic<std::uint64_t> disk_bytes;  ///< of segments
    std::atomic<std::uint64_t> transcoded;  ///< tracks
  };
  using What = std::atomic<std::uint64_t> Row::*;

  static constexpr std::size_t max_rows = 64;

  /// A descriptor of such memory, closed on exec; -1 where the system has none, and errno says why.
  [[nodiscard]] static int create();

  /// Of one process alone.
  Usage() : Usage(-1, 0) {}
  /// `row` of what the descriptor has. Throws std::system_error where there is none.
  Usage(int descriptor, std::size_t row);
  ~Usage();
  Usage(const Usage&) = delete;
  Usage& operator=(const Usage&) = delete;

  void add(What what, std::uint64_t amount) { (rows_[row_].*what) += amount; }
  void remove(What what, std::uint64_t amount) { (rows_[row_].*what) -= amount; }
  [[nodiscard]] std::uint64_t of_all(What what) const;
  void clear(std::size_t row);

 private:
  static constexpr std::size_t bytes = max_rows * sizeof(Row);

  Row* rows_;
  const std::size_t row_;
};

}  // namespace parley::hls

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/address_table.hpp"
#include "hub/source.hpp"
#include "hub/time.hpp"
#include "hub/token_bucket.hpp"

namespace parley::net {

/// What the clients of one address may hold and do, so that none takes it from all others. A local address
/// has ten times as much: it may be a proxy's.
struct AddressLimits {
  /// A tenth of what one host takes. Everybody behind one router has a WebSocket, and a browser that loads a
  /// page six connections besides.
  std::size_t connections = 1'000;
  /// Each is a millisecond of a slow processor. A browser needs one, and six where it has no ticket.
  double handshakes_per_second = 50;
  double handshake_burst = 500;
  /// A page is a dozen requests, and a player of HLS asks once or twice a second.
  double requests_per_second = 200;
  double request_burst = 2'000;
  /// Each is checked in a third of a millisecond of a slow processor. A client shows one where it comes, and again
  /// after each lost connection.
  double tokens_per_second = 100;
  double token_burst = 1'000;
  /// As many as it may have places in rooms.
  std::size_t engine_io_sessions = 500;
  /// Half of the streams that one host turns into HLS.
  std::size_t whip_sessions = 32;
};

/// Of what an address may hold only so many at once.
enum class Held : std::uint8_t { connection, engine_io_session, whip_session };
/// What an address may do only so often.
enum class Pace : std::uint8_t { handshake, request, token };

/// What each address holds and does, and what it is refused. From any thread.
class Addresses {
 private:
  struct Client;

 public:
  explicit Addresses(AddressLimits limits);
  ~Addresses();
  Addresses(const Addresses&) = delete;
  Addresses& operator=(const Addresses&) = delete;

  /// One of what an address holds, until it ends. It ends before the Addresses do.
  class Place {
   public:
    /// Of nobody.
    Place() = default;
    Place(Place&& other) noexcept
        : all_(other.all_), client_(std::exchange(other.client_, nullptr)), what_(other.what_) {}
    Place& operator=(Place&& other) noexcept;
    ~Place() { leave(); }

   private:
    friend class Addresses;
    Place(Addresses& all, Client& client, Held what) : all_(&all), client_(&client), what_(what) {}
    void leave() noexcept;

    Addresses* all_ = nullptr;
    Client* client_ = nullptr;
    Held what_ = Held::connection;
  };

  /// Nothing where the address holds as many as it may, which is counted and logged.
  [[nodiscard]] std::optional<Place> take(const hub::Source& source, Held what, hub::Instant now);
  /// Whether it may do this now; likewise.
  [[nodiscard]] bool may(const hub::Source& source, Pace what, hub::Instant now);
  /// It was refused something, and this literal says what. Counts it. The log has one line a second for each
  /// address at most: says how many refusals this one is to tell of, none where there was one just now.
  [[nodiscard]] std::uint64_t refuse(const hub::Source& source, std::string_view what, hub::Instant now);
  /// The same, and writes the line.
  void refuse_and_log(const hub::Source& source, std::string_view limit, hub::Instant now);

  /// Whether the log is to have a line about this address that tells of no refusal: one a second.
  [[nodiscard]] bool is_note_due(const hub::Source& source, hub::Instant now);

  /// How often what was refused: by the names of options, and by those of errors.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> refusals() const;
  /// Of how many addresses it knows something.
  [[nodiscard]] std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  const AddressLimits limits_;
  hub::AddressTable<Client, AddressLimits> clients_;
  std::vector<std::pair<std::string_view, std::uint64_t>> refusals_;
};

}  // namespace parley::net

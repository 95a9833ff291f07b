#include "server/raw_options.hpp"

#include <cctype>
#include <charconv>
#include <system_error>

namespace parley::server {

std::string fault_of_limit(const std::string& text) {
  constexpr double most = 1e9;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= 1 && value <= most) return {};
  return "write a number from 1 to 1000000000 instead of \"" + text + '"';
}

std::string environment_name(std::string_view option) {
  std::string name = "PARLEY_";
  for (const char c : option) name.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(c)));
  return name;
}

void add_limits(CLI::App& app, Options& options, RawOptions& raw) {
  auto& limits = options.hub.limits;
  const CLI::Validator valid(fault_of_limit, "", "limit");
  const auto limit = [&](const std::string& name, auto& target, const std::string& description) {
    add(app, name, target, description)->check(valid)->type_name("NUMBER")->group("Limits");
  };
  limit("max-connections", options.max_connections, "WebSockets of all clients");
  limit("connections-per-address", options.addresses.connections,
        "connections of all kinds from one address (IPv6: from one /64); a local address has ten times this");
  limit("handshakes-per-second", options.addresses.handshakes_per_second,
        "TLS handshakes from one address, ten times this from a local one");
  limit("handshake-burst", options.addresses.handshake_burst,
        "TLS handshakes from one address at once, ten times this from a local one");
  limit("requests-per-second", options.addresses.requests_per_second,
        "HTTP requests from one address, ten times this from a local one; more are answered with 429");
  limit("request-burst", options.addresses.request_burst,
        "HTTP requests from one address at once, ten times this from a local one");
  limit("tokens-per-second", options.addresses.tokens_per_second,
        "tokens that are checked for one address, ten times this for a local one");
  limit("token-burst", options.addresses.token_burst,
        "tokens that are checked for one address at once, ten times this for a local one");
  limit("engine-io-sessions-per-address", options.addresses.engine_io_sessions,
        "sessions of Socket.IO's transport from one address, ten times this from a local one");
  limit("whip-sessions-per-address", options.addresses.whip_sessions,
        "publishers by WHIP from one address, ten times this from a local one");
  limit(
      "head-seconds", raw.head_seconds,
      "how long the head of a request may take; then it is answered with 408. A connection that says nothing "
      "at all ends after as long");
  limit("body-seconds", raw.body_seconds,
        "how long the body of a request may take; then it is answered with 408");
  limit("idle-seconds", raw.idle_seconds, "how long a connection is kept between two requests");
  limit("unread-seconds", raw.unread_seconds,
        "how long a client may take nothing of its answer before the connection ends");
  limit("first-message-seconds", raw.first_message_seconds,
        "how long a WebSocket may say nothing after it has opened; then it is closed with 1008");
  limit("http-workers", options.http_workers,
        "threads that answer HTTP; a client that is slow to ask or to read takes none");
  add(app, "loops", options.loops, "event loops that the clients are divided among; 0 is one a processor")
      ->check(CLI::Range(0, 256))
      ->type_name("NUMBER")
      ->group("Limits");
  limit("peers-per-room", limits.peers_per_room, "members of one room");
  limit("waiting-per-room", limits.waiting_per_room, "people who wait to be let into one room");
  limit("bans-per-room", limits.bans_per_room,
        "people who were removed from one room and stay out; past it the first is forgotten");
  limit("max-rooms", limits.rooms, "rooms at once, and rooms with rules");
  limit("max-users", limits.users, "users online at once who can be called by name");
  limit("rooms-per-address", limits.rooms_per_address,
        "rooms that one address has made, ten times this from a local one");
  limit("places-per-address", limits.places_per_address,
        "members of rooms from one address, ten times this from a local one");
  limit("names-per-address", limits.names_per_address,
        "users from one address who can be called by name, ten times this from a local one");
  limit("registrations-per-minute", limits.registrations_per_minute,
        "users from one address who come online, once it has had as many as it may have names; ten times "
        "this from a local one");
  limit("registrations-at-once", limits.registrations_at_once,
        "how often one WebSocket may come online before it must wait");
  limit("joins-per-minute", limits.joins_per_minute,
        "joins of rooms from one address, once it has had as many as it may have places; ten times this from "
        "a local one");
  limit("joins-at-once", limits.joins_at_once, "how often one WebSocket may join before it must wait");
  limit("rings-per-minute", limits.rings_per_minute, "calls of one user");
  limit("rings-per-address", limits.rings_per_address,
        "calls from one address a minute, ten times this from a local one");
  limit("ring-backoff-seconds", raw.ring_backoff_seconds,
        "how long a user waits before calling somebody who has declined twice; doubled each time");
  limit("ring-backoff-most-seconds", raw.ring_backoff_most_seconds, "the longest such wait");
  limit("users-page-bytes", limits.users_page_bytes,
        "how much of the list of users a client is sent at once");
  limit("users-bytes-per-second", limits.users_bytes_per_second,
        "how much of lists of users all clients together are sent");
  auto& accounts = raw.accounts.limits;
  limit("max-accounts", accounts.accounts, "accounts, with --users");
  limit("sign-in-days", raw.sign_in_days, "how long a sign-in lasts that is not renewed");
  limit("sign-ins-per-minute", accounts.per_address.per_minute,
        "passwords that are checked for one address, once it has had 30; ten times this for a local one");
  limit("guesses-per-minute", accounts.per_name.per_minute,
        "passwords that are checked for one name, once it has had 20, where none was right before from the "
        "same "
        "address");
  limit("accounts-per-minute", accounts.registrations.per_minute,
        "accounts that are made from one address, once it has made 30; ten times this from a local one");
  limit("missed-per-minute", accounts.missed.per_minute,
        "calls that one account may leave for people who are not online, once it has left 10");
  limit("password-mb", raw.accounts.cost.megabytes, "MiB that checking a password takes (Argon2id)");
  limit("password-passes", raw.accounts.cost.passes, "how often that memory is gone through");
  limit("max-streams", limits.streams, "streams that become HLS at once");
  limit("pending-streams-per-address", limits.pending_streams_per_address,
        "streams from one address that do not flow yet; of all streams, a quarter may be such");
  limit("max-transcoded", raw.hls_limits.max_transcoded,
        "VP8 and VP9 tracks that are transcoded at once, each with a good part of a core");
  add(app, "hls-workers", raw.hls_limits.workers,
      "processes of the media gateway that streams are divided among; they start as streams come")
      ->check(CLI::Range(1, 64))
      ->type_name("NUMBER")
      ->group("Limits");
  limit("hls-worker-mb", raw.hls_limits.worker_mb,
        "MiB of memory that one of the media gateway's processes may take; above that its heaviest stream "
        "ends");
  limit("hls-disk-mb", raw.hls_limits.disk_mb,
        "MiB that the segments of all streams may take; those of one stream, a quarter of that");
  limit("message-bytes", limits.message_bytes,
        "the largest message of a client; a larger one closes with 1009");
  limit("resume-seconds", raw.resume_seconds,
        "how long the session or the user of a lost socket waits for another");
  limit("heartbeat-seconds", raw.heartbeat_seconds,
        "a client that is silent for twice that is taken for lost");
  limit("replay-messages", limits.replay_messages, "events kept for a client until it acknowledges them");
  limit("replay-bytes", limits.replay_bytes, "bytes of events kept for a client until it acknowledges them");
  limit(
      "max-buffered-mb", options.buffered_mb,
      "MiB that may wait for all clients together; past it whoever is furthest behind goes first, with 1013");
  limit("max-received-mb", options.received_mb,
        "MiB of requests and messages that are not whole yet, of all clients together; past it 503 and 1013");
  limit("message-seconds", raw.message_seconds,
        "how long a message may take from its first bytes to its end; then it closes with 1008");
  limit("messages-per-second", limits.messages_per_second,
        "messages of one client; more are answered with an error");
  limit("message-burst", limits.message_burst, "messages of one client at once");
  limit("bytes-per-second", limits.bytes_per_second,
        "bytes of messages of one client; more are answered with an error");
  limit("byte-burst", limits.byte_burst, "bytes of messages of one client at once");
  limit("flood-messages", limits.flood_messages,
        "refused messages in a row that close the WebSocket with 1008");
  limit("frames-per-second", options.frames.frames_per_second,
        "pings and fragments of one client; more close with 1008");
  limit("frame-burst", options.frames.frame_burst, "pings and fragments of one client at once");
  limit("outbox-bytes", options.outbox.bytes,
        "bytes that may wait for one client that does not read, before it is closed");
  limit("outbox-messages", options.outbox.messages,
        "events that may wait, not encoded yet, for one client that does not read");
}

}  // namespace parley::server

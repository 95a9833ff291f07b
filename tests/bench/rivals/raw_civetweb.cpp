// The least relay that Civetweb can be: no JSON, no rooms, no limits. What Parley's host adds to it is what
// Parley costs. The first message of a connection names its pair; all others go to the other one as they are.

#include <civetweb.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int final_text = 0x81;
constexpr int opcode_bits = 0x0F;
constexpr std::size_t short_length = 125;  // RFC 6455 section 5.2: longer ones say so and have two bytes more
constexpr unsigned sixteen_bits = 126;
constexpr int keep_open = 1;
constexpr int hang_up = 0;

/// One end of a pair. `to_other` is held while the other connection is written to, which keeps it open that
/// long.
struct End {
  mg_connection* self = nullptr;
  bool named = false;
  std::mutex to_other;
  End* other = nullptr;
};

/// Brings the two connections that name the same pair together.
class Pairs {
 public:
  void add(const std::string& name, End& end) {
    const std::lock_guard lock(mutex_);
    const auto [waiting, is_first] = waiting_.try_emplace(name, &end);
    if (is_first) return;
    point(*waiting->second, &end);
    point(end, waiting->second);
    waiting_.erase(waiting);
  }

  void remove(End& end) {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second == &end; });
    if (end.other != nullptr) point(*end.other, nullptr);
  }

 private:
  static void point(End& from, End* to) {
    const std::lock_guard lock(from.to_other);
    from.other = to;
  }

  std::mutex mutex_;
  std::map<std::string, End*> waiting_;
};

/// The whole frame in one buffer and one write: a header of its own would be a packet of its own.
void write_text(mg_connection* connection, std::string_view text) {
  thread_local std::string frame;
  frame.assign(1, static_cast<char>(final_text));
  if (text.size() <= short_length) {
    frame += static_cast<char>(text.size());
  } else {
    frame += static_cast<char>(sixteen_bits);
    frame += static_cast<char>(text.size() >> 8U);
    frame += static_cast<char>(text.size() & 0xFFU);
  }
  frame += text;
  mg_lock_connection(connection);
  mg_write(connection, frame.data(), frame.size());
  mg_unlock_connection(connection);
}

End* end_of(const mg_connection* connection) {
  return static_cast<End*>(mg_get_user_connection_data(connection));
}

void on_ready(mg_connection* connection, void* /*pairs*/) {
  auto end = std::make_unique<End>();
  end->self = connection;
  mg_set_user_connection_data(connection, end.release());
}

int on_message(mg_connection* connection, int flags, char* data, std::size_t size, void* pairs) {
  if ((flags & opcode_bits) == MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE) return hang_up;
  if (flags != final_text || size > UINT16_MAX) {
    std::cerr << "raw_civetweb: only whole texts of up to 64 KiB are relayed\n";
    return hang_up;
  }
  End& end = *end_of(connection);
  if (!end.named) {
    end.named = true;
    static_cast<Pairs*>(pairs)->add({data, size}, end);
    write_text(connection, "joined");
    return keep_open;
  }
  const std::lock_guard lock(end.to_other);
  if (end.other != nullptr) write_text(end.other->self, {data, size});
  return keep_open;
}

void on_close(const mg_connection* connection, void* pairs) {
  const std::unique_ptr<End> end(end_of(connection));
  if (end) static_cast<Pairs*>(pairs)->remove(*end);
}

}  // namespace

/// raw_civetweb PORT CONNECTIONS [FOLDER], whose files it serves
int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() != 3 && arguments.size() != 4) {
    std::cerr << "usage: raw_civetweb PORT CONNECTIONS [FOLDER]\n";
    return 2;
  }
  const std::string listen = std::string("127.0.0.1:") + arguments[1];
  std::vector<const char*> options{
      "listening_ports",      listen.c_str(), "num_threads",    arguments[2], "tcp_nodelay", "1",
      "websocket_timeout_ms", "600000",       "listen_backlog", "1024"};
  if (arguments.size() == 4)
    options.insert(options.end(), {"document_root", arguments[3], "enable_keep_alive", "yes"});
  options.push_back(nullptr);

  // Blocked before the first thread starts, so that all inherit it and sigwait() below is what gets the
  // signal.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  Pairs pairs;
  mg_init_library(0);
  mg_callbacks callbacks{};
  mg_context* server = mg_start(&callbacks, nullptr, options.data());
  if (server == nullptr) {
    std::cerr << "raw_civetweb: cannot listen on " << listen << '\n';
    return 1;
  }
  mg_set_websocket_handler(
      server, "/raw", [](const mg_connection*, void*) { return 0; }, on_ready, on_message, on_close, &pairs);
  std::cout << "ready" << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  // Stopping thousands of workers in order takes seconds, and nobody needs them any more.
  std::_Exit(0);
}

#pragma once

#include <chrono>

#include "server/frame.hpp"

/// Where the server stands between Civetweb and its sockets.
///
/// Civetweb has no interface for a connection's descriptor, for looking at a frame before it allocates the
/// announced length (up to 2 GiB), nor for waking a worker that waits. But libcivetweb.so reaches its sockets
/// through the C library's `recv` and `poll`, and a program may define functions of these names for all that
/// it links to (ELF symbol interposition). worker_socket.cpp does so, and only Civetweb's own threads, which
/// it knows by a thread-local record, get anything but the plain system calls:
///
///   - the master waits for new connections and, as it otherwise would look up every 2 s only, for the
///   server's
///     stop;
///   - a worker that serves HTTP waits for the stop, too, and is handed no byte past a request's headers
///   before
///     it asks again: so whatever follows an upgrade request comes as WebSocket bytes;
///   - a worker that serves a WebSocket waits in `recv` alone, one system call a message instead of two. The
///     bytes go through the connection's FrameGuard first, and what it refuses ends the connection: Civetweb
///     never sees the length of a frame that is too large. Where nothing was heard for too long the
///     connection ends, too; and a worker that goes idle hands the unused part of its stack back, which is a
///     tenth of what a connection costs.
///
/// TLS, once there is some, reads through libssl: the same is then to be done around SSL_read, in the library
/// of ours that stands in front of libssl.
namespace parley::server::worker_socket {

/// For Civetweb's init_thread: this thread is one of Civetweb's. `stop` is an eventfd that ends all waiting.
void adopt_thread(int stop);

/// A worker got a connection: HTTP at first.
void begin();
/// The descriptor of this worker's connection, known from its first byte on; -1 if Civetweb did not come by
/// here, which means that interposition does not work.
[[nodiscard]] int descriptor();
/// From now on this connection speaks WebSocket, with `guard` looking at each header. It ends after
/// `silence`.
void upgrade(FrameGuard& guard, std::chrono::milliseconds silence);
/// Whether the client has ended the connection, or has not been heard of for too long: nobody reads a
/// farewell.
[[nodiscard]] bool lost();
/// Whether the client has closed its side while its request was being answered: it reads no answer.
[[nodiscard]] bool has_ended();
/// The request is answered and its body was not wanted: Civetweb, which would read it to its end, finds the
/// connection at an end. What has arrived by now is taken, since a close with unread bytes is a reset.
void stop_reading();
/// Says that nothing more will come, and reads and forgets what the client still sends, until it ends the
/// connection or the time is over: a close with unread bytes would be a reset, which may overtake the close
/// frame.
void say_end_and_discard(std::chrono::milliseconds patience);
/// The connection is over.
void end();

}  // namespace parley::server::worker_socket

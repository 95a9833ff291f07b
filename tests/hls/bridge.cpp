// Stands where the host stands: starts the gateway with its end of the pipe, and carries each line of
// standard input to it as a packet and each of its packets to standard output as a line. (Node.js has no
// SOCK_SEQPACKET.)
//
//     parley_hls_bridge parley-hls --out DIR …

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "hls/pipe.hpp"

namespace {

constexpr int failure = 1;

[[noreturn]] void become_gateway(int end, char** command) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(end, parley::hls::pipe::gateway_descriptor);
  execv(command[0], command);
  std::perror(command[0]);
  _exit(failure);
}

/// Sends each whole line of `text`, and leaves the rest in it.
void send_lines(int pipe, std::string& text) {
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    send(pipe, text.data(), end, MSG_NOSIGNAL);
    text.erase(0, end + 1);
  }
}

/// Until the gateway closes its end. The end of standard input closes ours.
void carry(int pipe) {
  std::vector<char> packet(parley::hls::pipe::max_packet_bytes);
  std::array<char, 65'536> input{};
  std::string text;
  std::array<pollfd, 2> watched{
      {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0}, {.fd = pipe, .events = POLLIN, .revents = 0}}};
  while (poll(watched.data(), watched.size(), -1) >= 0 || errno == EINTR) {
    if (watched[0].revents != 0) {
      const ssize_t length = read(STDIN_FILENO, input.data(), input.size());
      if (length <= 0) {
        shutdown(pipe, SHUT_WR);
        watched[0].fd = -1;
      } else {
        text.append(input.data(), static_cast<std::size_t>(length));
        send_lines(pipe, text);
      }
    }
    if (watched[1].revents != 0) {
      const ssize_t length = recv(pipe, packet.data(), packet.size(), 0);
      if (length <= 0) return;
      std::cout.write(packet.data(), length).put('\n').flush();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::array<int, 2> ends{};
  if (argc < 2 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return failure;
  const pid_t gateway = fork();
  if (gateway == 0) become_gateway(ends[1], argv + 1);
  close(ends[1]);
  std::cerr << "gateway " << gateway << std::endl;
  carry(ends[0]);
  int status = 0;
  waitpid(gateway, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

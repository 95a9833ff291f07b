#include "media/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace parley::media {
namespace {

/// The system's default is 208 KiB, and one packet may have 256.
constexpr int socket_buffer_bytes = 1024 * 1024;

/// The wrapper in glibc 2.36's header has no C linkage, so that C++ cannot link it.
Descriptor open_pidfd(pid_t id) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
}

/// What the child is given: descriptor 0 is `socket`, 1 and 2 are our standard error, 3 is `shared`.
class FileActions {
 public:
  FileActions(int socket, int shared) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, STDERR_FILENO, STDOUT_FILENO);
    constexpr int third = ChildProcess::shared_descriptor;
    if (shared >= 0) ::posix_spawn_file_actions_adddup2(&actions_, shared, third);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, shared >= 0 ? third + 1 : third);
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// No signal is blocked in the child, though some are here.
class Attributes {
 public:
  Attributes() {
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::optional<ChildProcess> ChildProcess::start(const std::filesystem::path& program,
                                                const std::vector<std::string>& arguments, int shared) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) return std::nullopt;
  Descriptor ours(pair[0]);
  const Descriptor theirs(pair[1]);
  for (const int fd : pair)
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &socket_buffer_bytes, sizeof socket_buffer_bytes);
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);

  std::string name = program.string();
  std::vector<std::string> words(arguments);
  std::vector<char*> argv{name.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const FileActions actions(theirs.get(), shared);
  const Attributes attributes;
  pid_t id = 0;
  errno = ::posix_spawn(&id, name.c_str(), actions.get(), attributes.get(), argv.data(), environ);
  if (errno != 0) return std::nullopt;
  return ChildProcess(id, open_pidfd(id), std::move(ours));
}

ChildProcess::~ChildProcess() {
  if (socket_) end();
}

bool ChildProcess::has_ended() const {
  siginfo_t status{};
  while (::waitid(P_PID, static_cast<id_t>(id_), &status, WEXITED | WNOHANG | WNOWAIT) != 0)
    if (errno != EINTR) return true;
  return status.si_pid == id_;
}

void ChildProcess::ask_to_end() {
  ::shutdown(socket_.get(), SHUT_WR);
}

void ChildProcess::wait_for_end(std::chrono::milliseconds patience) const {
  pollfd ended{.fd = handle_.get(), .events = POLLIN, .revents = 0};
  ::poll(&ended, 1, static_cast<int>(std::max<std::chrono::milliseconds::rep>(patience.count(), 0)));
}

void ChildProcess::kill() const {
  // Whoever has ended by itself keeps its own status.
  ::kill(id_, SIGKILL);
}

std::string ChildProcess::end() {
  kill();
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  socket_ = Descriptor();
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit " + std::to_string(WEXITSTATUS(status));
}

}  // namespace parley::media

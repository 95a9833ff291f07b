#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string>

#include "base/descriptor.hpp"
#include "media/child_process.hpp"

namespace parley::media {
namespace {

using namespace std::chrono_literals;

/// A process that runs this shell script, whose descriptor 0 is a packet socket: what it prints there is a
/// packet.
ChildProcess script(const std::string& text) {
  return *ChildProcess::start("/bin/sh", {"-c", text});
}

/// The next packet; empty at the end.
std::string next_packet(const ChildProcess& child) {
  pollfd waiting{.fd = child.socket(), .events = POLLIN, .revents = 0};
  ::poll(&waiting, 1, 10'000);
  std::string packet(1024, '\0');
  const ssize_t size = ::recv(child.socket(), packet.data(), packet.size(), 0);
  packet.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return packet;
}

TEST(MediaChildProcess, talks_in_packets_and_its_end_is_the_end_of_file) {
  auto child = script("printf one >&0; printf two >&0");
  EXPECT_EQ(next_packet(child), "one");
  EXPECT_EQ(next_packet(child), "two");
  EXPECT_EQ(next_packet(child), "");
}

TEST(MediaChildProcess, has_nothing_open_that_is_open_here) {
  const Descriptor secret(::open("/dev/null", O_RDONLY));  // and not closed on exec
  auto child = script("[ -e /proc/$$/fd/" + std::to_string(secret.get()) +
                      " ] && printf open >&0 || printf closed >&0");
  EXPECT_EQ(next_packet(child), "closed");
}

TEST(MediaChildProcess, has_the_descriptor_that_it_is_to_share) {
  const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  auto child = *ChildProcess::start("/bin/sh", {"-c", "printf $(readlink /proc/$$/fd/3) >&0"}, nothing.get());
  EXPECT_EQ(next_packet(child), "/dev/null");
}

TEST(MediaChildProcess, ends_by_itself_when_it_reads_the_end_of_file) {
  auto child = script("printf ready >&0; cat >/dev/null; exit 3");
  ASSERT_EQ(next_packet(child), "ready");
  EXPECT_FALSE(child.has_ended());
  child.ask_to_end();
  child.wait_for_end(10s);
  EXPECT_TRUE(child.has_ended());
  EXPECT_EQ(child.end(), "exit 3");
}

TEST(MediaChildProcess, that_does_not_end_by_itself_is_ended) {
  auto child = script("trap '' TERM; printf ready >&0; while :; do sleep 1; done");
  ASSERT_EQ(next_packet(child), "ready");
  child.ask_to_end();
  child.wait_for_end(10ms);
  EXPECT_EQ(child.end(), "signal 9");
}

TEST(MediaChildProcess, what_cannot_be_run_is_said) {
  EXPECT_FALSE(ChildProcess::start("/nowhere/at/all", {}));
  EXPECT_EQ(errno, ENOENT);
}

}  // namespace
}  // namespace parley::media

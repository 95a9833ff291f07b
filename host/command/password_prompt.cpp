#include "command/password_prompt.hpp"

#include <termios.h>
#include <unistd.h>

#include <istream>
#include <ostream>

namespace parley::command {
namespace {

/// While it lives, the terminal does not show what is typed.
class NoEcho {
 public:
  NoEcho() : on_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!on_terminal_) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~NoEcho() {
    if (on_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

  [[nodiscard]] bool on_terminal() const { return on_terminal_; }

 private:
  termios before_{};
  const bool on_terminal_;
};

}  // namespace

std::optional<std::string> read_password(std::string_view question, std::istream& in, Streams streams) {
  const NoEcho hidden;
  if (hidden.on_terminal()) streams.err << question << std::flush;
  std::string password;
  const bool read = static_cast<bool>(std::getline(in, password));
  if (hidden.on_terminal()) streams.err << '\n';
  return read ? std::optional(std::move(password)) : std::nullopt;
}

}  // namespace parley::command

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/frame.hpp"

namespace parley::server {

/// Puts the fragments of a message together again. Their order and total size are FrameGuard's to check.
class MessageAssembly {
 public:
  struct Message {
    Opcode kind;               ///< text or binary
    std::string_view payload;  ///< valid until the next call
  };

  /// Takes one data frame; returns the message that it completes.
  [[nodiscard]] std::optional<Message> add(Opcode opcode, bool last, std::string_view payload) {
    std::string().swap(finished_);
    if (opcode != Opcode::continuation) {
      kind_ = opcode;
      if (last) return Message{.kind = kind_, .payload = payload};  // the usual case: nothing is copied
    }
    fragments_.append(payload);
    if (!last) return std::nullopt;
    finished_.swap(fragments_);
    return Message{.kind = kind_, .payload = finished_};
  }

 private:
  Opcode kind_ = Opcode::text;
  std::string fragments_;
  std::string finished_;
};

}  // namespace parley::server

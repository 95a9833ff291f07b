#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "net/request_head.hpp"

namespace parley::net {

/// A part of an open file.
struct FileSlice {
  std::shared_ptr<const Descriptor> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// What is sent in answer to a request. A page's body is shared and a segment's on disk, so each is there once,
/// however many clients read it slowly.
struct Answer {
  std::string head;  ///< the status line and the fields, with the empty line that ends them
  std::shared_ptr<const std::string> text;
  std::optional<FileSlice> file;
  bool keep_alive = false;  ///< as `head` says it
};

/// A refusal in words; ends the connection.
[[nodiscard]] Answer answer_of(const HttpRefusal& refusal);

}  // namespace parley::net

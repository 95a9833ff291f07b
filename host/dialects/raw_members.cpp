#include "dialects/raw_members.hpp"

#include <algorithm>

namespace parley::dialects {

std::string_view RawMembers::next_value() {
  at_ = std::min(text_.find('"', at_), text_.size());
  skip_string();
  at_ = std::min(text_.find(':', at_), text_.size());
  at_ = std::min(text_.find_first_not_of(": \t\r\n", at_), text_.size());
  const std::size_t start = at_;
  const char first = at_ < text_.size() ? text_[at_] : '}';
  if (first == '"') {
    skip_string();
  } else if (first == '{' || first == '[') {
    skip_container();
  } else {
    at_ = std::min(text_.find_first_of(",} \t\r\n", at_), text_.size());
  }
  return text_.substr(start, at_ - start);
}

// From its first quote to past its last, which is the next one after an even number of backslashes.
void RawMembers::skip_string() {
  for (std::size_t from = at_ + 1;;) {
    const std::size_t quote = text_.find('"', from);
    if (quote == std::string_view::npos) {
      at_ = text_.size();
      return;
    }
    std::size_t backslashes = 0;
    while (text_[quote - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) {
      at_ = quote + 1;
      return;
    }
    from = quote + 1;
  }
}

void RawMembers::skip_container() {
  std::size_t open = 0;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"') {
      skip_string();
      continue;
    }
    ++at_;
    if (c == '{' || c == '[') ++open;
    if ((c == '}' || c == ']') && --open == 0) return;
  }
}

}  // namespace parley::dialects

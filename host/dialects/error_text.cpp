#include "dialects/error_text.hpp"

#include "base/json_text.hpp"

namespace parley::dialects {

void append_error(std::string& out, const hub::event::Error& error, std::string_view type) {
  out.append(R"({"type":")").append(type);
  out.append(R"(","code":")").append(hub::name_of(error.code)).append(R"(","message":)");
  append_string(out, error.message);
  out += '}';
}

}  // namespace parley::dialects

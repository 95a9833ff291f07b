#include "hls/pipe.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <system_error>
#include <utility>

#include "base/overloaded.hpp"

namespace parley::hls::pipe {

namespace {

/// Stands for an address that is not known, since a word has at least one character.
constexpr std::string_view no_address = "-";

constexpr std::array<std::pair<NoticeCode, std::string_view>, 10> notice_names{{
    {NoticeCode::transcoded, "transcoded"},
    {NoticeCode::too_many_transcoded, "too-many-transcoded"},
    {NoticeCode::disk_full, "disk-full"},
    {NoticeCode::media_failed, "media-failed"},
    {NoticeCode::unsupported_media, "unsupported-media"},
    {NoticeCode::wrong_certificate, "wrong-certificate"},
    {NoticeCode::memory_full, "memory-full"},
    {NoticeCode::not_connected, "not-connected"},
    {NoticeCode::no_media, "no-media"},
    {NoticeCode::left_out, "left-out"},
}};

std::string_view name_of(Departure departure) {
  return departure == Departure::left ? "left" : "lost";
}

// --- writing

template <std::unsigned_integral Number>
std::string word(Number number) {
  return std::to_string(number);
}

std::string_view word(std::string_view text) {
  return text;
}

template <class... Words>
std::string packet(std::string_view name, const Words&... words) {
  std::string bytes{name};
  ((bytes += ' ', bytes += word(words)), ...);
  return bytes;
}

// --- reading

/// Takes the words of a packet one after another. Once one is missing or malformed, all is.
class Words {
 public:
  explicit Words(std::string_view packet) : rest_(packet) {}

  std::string_view next() {
    if (!more_) return fail();
    const std::size_t end = rest_.find(' ');
    const std::string_view found = rest_.substr(0, end);
    more_ = end != std::string_view::npos;
    if (more_) rest_.remove_prefix(end + 1);
    return found;
  }

  template <std::unsigned_integral Number>
  Number number() {
    const std::string_view digits = next();
    Number value{};
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value);
    if (error != std::errc{} || end != digits.end()) fail();
    return value;
  }

  std::string rest() { return std::string{std::exchange(more_, false) ? rest_ : fail()}; }

  std::string_view fail() {
    failed_ = true;
    return {};
  }

  /// Whether every word was taken and was right.
  [[nodiscard]] bool done() const { return !failed_ && !more_; }

 private:
  std::string_view rest_;
  bool more_ = true;
  bool failed_ = false;
};

std::string address_of(Words& words) {
  const std::string_view address = words.next();
  if (address.empty()) words.fail();
  return address == no_address ? std::string{} : std::string{address};
}

/// As one word, whatever a proxy has called an address.
std::string_view word_of_address(const std::string& address) {
  return address.empty() || address.find(' ') != std::string::npos ? no_address : std::string_view(address);
}

Departure departure_of(Words& words) {
  const std::string_view name = words.next();
  if (name == "left") return Departure::left;
  if (name != "lost") words.fail();
  return Departure::lost;
}

NoticeCode notice_code_of(Words& words) {
  const std::string_view name = words.next();
  const auto* const found =
      std::ranges::find(notice_names, name, &std::pair<NoticeCode, std::string_view>::second);
  if (found != notice_names.end()) return found->first;
  words.fail();
  return {};
}

// Braced lists are evaluated from left to right, and so the words are taken in their order.

std::optional<ToGateway> read_to_gateway(Words& words) {
  const std::string_view name = words.next();
  if (name == "take-up") return TakeUp{.sim = words.rest()};
  if (name == "ping") return Ping{};
  if (name == "open")
    return Open{.stream = words.number<Stream>(), .address = address_of(words), .sim = words.rest()};
  if (name == "connected") return Connected{.stream = words.number<Stream>()};
  if (name == "text") return Text{.stream = words.number<Stream>(), .json = words.rest()};
  if (name == "closed")
    return Closed{.stream = words.number<Stream>(), .code = words.number<std::uint16_t>()};
  if (name == "close") return Close{.stream = words.number<Stream>(), .departure = departure_of(words)};
  if (name == "probe") return Probe{.stream = words.number<Stream>()};
  return {};
}

std::optional<ToHost> read_to_host(Words& words) {
  const std::string_view name = words.next();
  if (name == "ready") return Ready{};
  if (name == "pong") return Pong{};
  if (name == "heard") return Heard{.stream = words.number<Stream>()};
  if (name == "connect") return Connect{.stream = words.number<Stream>()};
  if (name == "text") return Text{.stream = words.number<Stream>(), .json = words.rest()};
  if (name == "disconnect") return Disconnect{.stream = words.number<Stream>()};
  if (name == "flows") return Flows{.stream = words.number<Stream>()};
  if (name == "notice") {
    return Notice{.stream = words.number<Stream>(), .code = notice_code_of(words), .sentence = words.rest()};
  }
  if (name == "ended") return Ended{.stream = words.number<Stream>()};
  if (name == "released") return Released{.sim = words.rest()};
  if (name == "flowing") return Flowing{.stream = words.number<Stream>()};
  return {};
}

template <class Read>
auto decode(std::string_view bytes, Read read) {
  Words words(bytes);
  auto message = read(words);
  if (!words.done()) message.reset();
  return message;
}

}  // namespace

std::string_view name_of(NoticeCode code) {
  return std::ranges::find(notice_names, code, &std::pair<NoticeCode, std::string_view>::first)->second;
}

std::string encode(const ToGateway& message) {
  return std::visit(
      overloaded{
          [](const TakeUp& take_up) { return packet("take-up", take_up.sim); },
          [](const Ping&) { return packet("ping"); },
          [](const Open& open) {
            return packet("open", open.stream, word_of_address(open.address), open.sim);
          },
          [](const Connected& connected) { return packet("connected", connected.stream); },
          [](const Text& text) { return packet("text", text.stream, text.json); },
          [](const Closed& closed) { return packet("closed", closed.stream, closed.code); },
          [](const Close& close) { return packet("close", close.stream, name_of(close.departure)); },
          [](const Probe& probe) { return packet("probe", probe.stream); },
      },
      message);
}

std::string encode(const ToHost& message) {
  return std::visit(overloaded{
                        [](const Ready&) { return packet("ready"); },
                        [](const Pong&) { return packet("pong"); },
                        [](const Heard& heard) { return packet("heard", heard.stream); },
                        [](const Connect& connect) { return packet("connect", connect.stream); },
                        [](const Text& text) { return packet("text", text.stream, text.json); },
                        [](const Disconnect& disconnect) { return packet("disconnect", disconnect.stream); },
                        [](const Flows& flows) { return packet("flows", flows.stream); },
                        [](const Notice& notice) {
                          return packet("notice", notice.stream, name_of(notice.code), notice.sentence);
                        },
                        [](const Ended& ended) { return packet("ended", ended.stream); },
                        [](const Released& released) { return packet("released", released.sim); },
                        [](const Flowing& flowing) { return packet("flowing", flowing.stream); },
                    },
                    message);
}

std::optional<ToGateway> decode_to_gateway(std::string_view packet) {
  return decode(packet, read_to_gateway);
}

std::optional<ToHost> decode_to_host(std::string_view packet) {
  return decode(packet, read_to_host);
}

}  // namespace parley::hls::pipe

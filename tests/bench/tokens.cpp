// How fast tokens are checked, and whether time tells a right one from a wrong one: writes JSON.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key.hpp"
#include "auth/key_set.hpp"
#include "auth/token.hpp"

namespace {

using namespace parley;
using Clock = std::chrono::steady_clock;
using std::chrono::duration;

constexpr std::size_t rounds = 10'000;
constexpr auth::Claims::Time now{std::chrono::seconds(1'800'000'000)};

/// Whoever tells the two apart by time alone is right so often: 0.5 is a coin. Mann and Whitney's U, over all pairs.
double told_apart(const std::vector<double>& one, const std::vector<double>& other) {
  std::vector<std::pair<double, bool>> all;
  all.reserve(one.size() + other.size());
  for (const double each : one) all.emplace_back(each, true);
  for (const double each : other) all.emplace_back(each, false);
  std::ranges::sort(all);
  double ranks = 0;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    while (end < all.size() && all[end].first == all[i].first) ++end;
    const double rank = static_cast<double>(i + end + 1) / 2;
    for (; i < end; ++i) ranks += all[i].second ? rank : 0;
  }
  const auto n = static_cast<double>(one.size());
  const auto m = static_cast<double>(other.size());
  const double share = (ranks - n * (n + 1) / 2) / (n * m);
  return std::max(share, 1 - share);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Kind {
  std::string_view name;
  std::string token;
  std::vector<double> micros{};
};

/// RSA refuses a signature above the modulus without any work. Whose those are the public key says, and no secret.
bool is_compared(const Kind& kind, auth::Algorithm algorithm) {
  return algorithm != auth::Algorithm::rs256 || (kind.name != "stranger" && kind.name != "key");
}

void measure(auth::Algorithm algorithm, std::mt19937_64& random, bool last) {
  auth::Key mine = auth::Key::generate(algorithm);
  mine.set_id("mine");
  auth::Key stranger = auth::Key::generate(algorithm);
  stranger.set_id("mine");
  const auth::KeySet keys({mine});
  const auth::TokenRules rules{.issuer = "us"};
  const auth::Claims claims{
      .identity = "user-1", .name = "Ada", .ends = now + std::chrono::hours(1), .issuer = "us"};
  auto other_issuer = claims;
  other_issuer.issuer = "no";
  auto expired = claims;
  expired.ends = now - std::chrono::hours(1);
  stranger.set_id("none");
  const std::string unknown_key = auth::make_token(claims, stranger, now);
  stranger.set_id("mine");
  std::string broken = auth::make_token(claims, mine, now);
  broken[broken.size() - 8] = broken[broken.size() - 8] == 'A' ? 'B' : 'A';
  std::array kinds{Kind{"right", auth::make_token(claims, mine, now)},
                   Kind{"signature", std::move(broken)},
                   Kind{"stranger", auth::make_token(claims, stranger, now)},
                   Kind{"key", unknown_key},
                   Kind{"issuer", auth::make_token(other_issuer, mine, now)},
                   Kind{"expired", auth::make_token(expired, mine, now)}};
  std::vector<Kind*> order;
  order.reserve(kinds.size());
  for (Kind& kind : kinds) order.push_back(&kind);
  for (std::size_t round = 0; round < rounds + rounds / 10; ++round) {
    std::ranges::shuffle(order, random);
    for (Kind* kind : order) {
      const auto start = Clock::now();
      const bool good = static_cast<bool>(auth::check_token(kind->token, keys, rules, now));
      const duration<double, std::micro> passed = Clock::now() - start;
      if (good != (kind == kinds.data())) std::abort();
      if (round >= rounds / 10) kind->micros.push_back(passed.count());
    }
  }
  const double right = median(kinds[0].micros);
  std::printf("  \"%s\":{\"micros\":%.2f,\"kinds\":{", std::string(auth::name_of(algorithm)).c_str(), right);
  for (std::size_t i = 1; i < kinds.size(); ++i) {
    if (!is_compared(kinds.at(i), algorithm)) continue;
    std::printf("%s\"%s\":{\"micros\":%.2f,\"toldApart\":%.3f}", i > 1 ? "," : "",
                std::string(kinds.at(i).name).c_str(), median(kinds.at(i).micros),
                told_apart(kinds[0].micros, kinds.at(i).micros));
  }
  std::printf("}}%s\n", last ? "" : ",");
}

}  // namespace

int main() {
  std::mt19937_64 random(7);
  std::puts("{");
  for (const auto& [name, algorithm] : auth::algorithms)
    measure(algorithm, random, &name == &auth::algorithms.back().first);
  std::puts("}");
  return 0;
}

// parley_simulation: runs schedules by their seeds and names each that fails.
//
//     parley_simulation --seeds 1..20000
//     parley_simulation --seed 4711 --trace -            the same schedule again, with a log one can read
//     parley_simulation --calls --seeds 1..20000          calls by name instead of rooms
//     parley_simulation --seed 4711 --record DIR         and each session's trace, for parley_replay

#include <CLI/CLI.hpp>
#include <atomic>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "calls_simulation.hpp"
#include "simulation.hpp"

namespace {

using parley::simulation::CallsSimulation;
using parley::simulation::Result;
using parley::simulation::Simulation;

struct Seeds {
  std::uint64_t from = 1;
  std::uint64_t to = 1000;
};

std::optional<Seeds> parse(std::string_view text) {
  Seeds seeds;
  const char* const end = text.data() + text.size();
  const auto [dots, first_error] = std::from_chars(text.data(), end, seeds.from);
  if (first_error != std::errc() || !std::string_view(dots, end).starts_with("..")) return std::nullopt;
  const auto [rest, second_error] = std::from_chars(dots + 2, end, seeds.to);
  if (second_error != std::errc() || rest != end || seeds.to < seeds.from) return std::nullopt;
  return seeds;
}

struct Totals {
  std::size_t schedules = 0;
  std::size_t inputs = 0;
  std::size_t disturbances = 0;
  std::size_t failures = 0;
};

/// Schedules share nothing, so each thread takes the next seed. A failing one is reported at once.
template <class Schedule>
Totals run_all(Seeds seeds, unsigned threads,
               const std::function<void(std::uint64_t, std::string_view)>& failed) {
  std::atomic<std::uint64_t> next = seeds.from;
  std::mutex mutex;
  Totals totals;
  const auto work = [&] {
    for (std::uint64_t seed = next.fetch_add(1); seed <= seeds.to; seed = next.fetch_add(1)) {
      const Result result = Schedule(seed).run();
      const std::scoped_lock lock(mutex);
      ++totals.schedules;
      totals.inputs += result.inputs;
      totals.disturbances += result.disturbances;
      if (!result.failure) continue;
      ++totals.failures;
      failed(seed, *result.failure);
    }
  };
  std::vector<std::jthread> pool;
  for (unsigned i = 0; i < threads; ++i) pool.emplace_back(work);
  pool.clear();  // joins
  return totals;
}

int run_one(std::uint64_t seed, bool calls, const std::string& log_to, const std::string& record_to) {
  std::ofstream log_file;
  if (!log_to.empty() && log_to != "-") log_file.open(log_to);
  std::ostream& log = log_to == "-" ? std::cout : log_file;
  std::map<std::string, std::ofstream> traces;
  Simulation::Observer observer;
  if (!log_to.empty()) observer.log = [&log](std::string_view line) { log << line << '\n'; };
  if (!record_to.empty()) {
    std::filesystem::create_directories(record_to);
    observer.trace = [&](const std::string& label, std::string_view line) {
      std::ofstream& file = traces[label];
      if (!file.is_open())
        file.open(std::filesystem::path(record_to) / (std::to_string(seed) + "-" + label + ".jsonl"));
      file << line << '\n';
    };
  }
  const Result result = calls ? CallsSimulation(seed, observer.log).run() : Simulation(seed, observer).run();
  std::cout << "seed " << seed << ": " << result.failure.value_or("fine") << '\n';
  return result.failure ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs Parley's core and hub through random schedules on virtual time.");
  std::string seeds_text = "1..1000";
  std::uint64_t seed = 0;
  std::string trace;
  std::string record;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool calls = false;
  app.add_flag("--calls", calls, "Calls by name, instead of rooms");
  auto* range = app.add_option("--seeds", seeds_text, "Seeds to run, FROM..TO")->capture_default_str();
  auto* one = app.add_option("--seed", seed, "One seed to run again")->excludes(range);
  app.add_option("--trace", trace, "Where its readable log goes: a file, or - for the terminal")->needs(one);
  app.add_option("--record", record, "A folder for each session's trace, to be replayed")->needs(one);
  app.add_option("--threads", threads, "Schedules at the same time")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (*one) return run_one(seed, calls, trace, record);

  const auto seeds = parse(seeds_text);
  if (!seeds) {
    std::cerr << "--seeds is a range, as in --seeds 1..20000; \"" << seeds_text << "\" is none.\n";
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto failed = [&](std::uint64_t each, std::string_view what) {
    std::cerr << "seed " << each << " failed " << what << "\nTo see it: " << argv[0]
              << (calls ? " --calls" : "") << " --seed " << each << " --trace -\n";
  };
  const Totals totals = calls ? run_all<CallsSimulation>(*seeds, std::max(1U, threads), failed)
                              : run_all<Simulation>(*seeds, std::max(1U, threads), failed);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::cout << totals.schedules << " schedules (seeds " << seeds->from << ".." << seeds->to << "), "
            << totals.disturbances << " disturbances, " << totals.inputs << " inputs: "
            << (totals.failures == 0 ? "all fine" : std::to_string(totals.failures) + " failed") << ", in "
            << taken.count() << " s\n";
  return totals.failures == 0 ? 0 : 1;
}

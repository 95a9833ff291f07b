#!/usr/bin/env bash
# Plants three bugs, one after the other, in a copy of the tree, and shows that the simulation finds each. Nothing
# here is touched. Exits with 0 if all were found.
#
#     tests/simulation/plant.sh [SEEDS]      1..20000 unless said otherwise

set -euo pipefail
cd "$(dirname "$0")/../.."

readonly seeds=${1:-1..20000}
copy=$(mktemp -d)
readonly copy
trap 'rm -rf "$copy"' EXIT

git ls-files -z --cached --others --exclude-standard -- CMakeLists.txt CMakePresets.json wasm host tests |
  xargs -0 cp --parents --target-directory "$copy"
cmake -S "$copy" -B "$copy/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >"$copy/log"

simulate() {
  cmake --build "$copy/build" -j 2 --target parley_simulation >"$copy/log" || {
    cat "$copy/log"
    exit 2
  }
  "$copy/build/tests/simulation/parley_simulation" --seeds "$seeds"
}

# plant NAME FILE SED-COMMAND
missed=0
plant() {
  local name=$1 file=$copy/$2 command=$3 report
  cp "$file" "$copy/sound"
  sed -i "$command" "$file"
  if cmp -s "$file" "$copy/sound"; then
    echo "plant.sh: \"$name\" changes nothing any more: the line in $2 that it breaks is another now." >&2
    exit 2
  fi
  if report=$(simulate 2>&1); then
    echo "MISSED  $name: $report"
    missed=1
  else
    echo "found   $name: $(grep -m 1 '^seed ' <<<"$report" || echo "$report")"
  fi
  cp "$copy/sound" "$file"
}

plant 'the ignored-offer flag is dropped' wasm/core/negotiation.cpp \
  's/ignoring_offer_ = collision && !setting_.polite;/ignoring_offer_ = false;/'
plant 'candidates that come while a description is applied are not queued' wasm/core/negotiation.cpp \
  '/^void Negotiation::receive(wire::Signal signal) {/a if (operation_ != Operation::none && std::holds_alternative<Candidate>(signal.body)) return;'
plant 'one message of each replay after a resume is skipped' wasm/core/transport.cpp \
  's/for (const auto& entry : sender_.unacknowledged()) socket_.send(entry.text);/for (const auto\& entry : sender_.unacknowledged()) if (\&entry != \&sender_.unacknowledged().front()) socket_.send(entry.text);/'

echo "sound   $(simulate)"
exit "$missed"

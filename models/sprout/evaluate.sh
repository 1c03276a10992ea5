#!/usr/bin/env bash
# Prints the tables of the model card: models/sprout/evaluate.sh [FOLDER for the records, out/sprout]. Needs the release
# build and a Python with numpy ($PYTHON names it); about ten minutes on two cores. Records that are there are kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
python=${PYTHON:-python3}
out=${1:-out/sprout}
mkdir -p "$out"

solve() {  # PROBLEMS RECORDS PROGRAMS
  [ -s "$2" ] && return
  "$root/build/release/espalier" solve --model sprout --program "$3" --file "$1" --in-flight 32 --json >"$2.part"
  mv "$2.part" "$2"
}

solve_all() {  # PROBLEMS NAME
  solve "$1" "$out/$2-plain.jsonl" "cot;sc:n=16,stop_rule=none"
  for reward in checker logprob sprout-scorer; do
    solve "$1" "$out/$2-$reward.jsonl" \
      "sc:n=16,stop_rule=none,vote=weighted,reward=$reward;bon:n=16,stop_rule=none,reward=$reward"
  done
  cat "$out/$2"-{plain,checker,sprout-scorer,logprob}.jsonl >"$out/$2.jsonl"
}

echo "### 300 problems of 4 and 5 steps"
solve_all "$root/benchmarks/data/sprout_test_300.jsonl" bundled
"$python" "$here/card.py" "$root/benchmarks/data/sprout_test_300.jsonl" "$out/bundled.jsonl"

echo "### 300 problems of 2 to 7 steps"
"$python" "$here/generator.py" test 2 2-7 300 >"$out/problems.jsonl"
solve_all "$out/problems.jsonl" lengths
"$python" "$here/card.py" "$out/problems.jsonl" "$out/lengths.jsonl" --by-steps

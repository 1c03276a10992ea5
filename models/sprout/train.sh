#!/usr/bin/env bash
# Makes sprout.gguf and sprout-scorer.gguf anew, from nothing but seeds: models/sprout/train.sh FOLDER
# Takes about two hours on two cores. Every part is skipped when its file is there and goes on where it stopped,
# so that the same command may be given again at any time. Needs Python 3.10 with requirements.txt installed
# ($PYTHON names the interpreter) and the release build.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
espalier=$here/../../build/release/espalier
python=${PYTHON:-python3}
[ $# = 1 ] || { echo "usage: train.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
cd "$1"

# The generator: a run of 860 steps, taken before its learning rate has fallen to zero. Its end would solve nine of
# ten problems at once, and there would be nothing left to search for.
"$python" "$here/train.py" --out generator.pkl --steps 860 --stop-at 760 --rows 32 --seed 7
"$python" "$here/export.py" generator.pkl sprout.gguf --type f16

# The scorer's trunk: the same run, longer and to its end.
"$python" "$here/train.py" --out trunk.pkl --steps 2200 --rows 32 --seed 7

# Solutions to learn from: 102,400, drawn by Espalier itself.
[ -s problems.jsonl ] || { "$python" "$here/generator.py" train 11 2-6 14000 >part && mv part problems.jsonl; }
if [ ! -s solved.jsonl ]; then
  "$python" "$here/export.py" generator.pkl sampler.gguf --type q8_0
  nice "$espalier" solve --model sampler.gguf --program sc:n=8,stop_rule=none,temperature=1 --file problems.jsonl \
    --limit 12800 --in-flight 32 --json >part
  mv part solved.jsonl
fi
"$python" "$here/train_scorer.py" --problems problems.jsonl --solved solved.jsonl --generator trunk.pkl \
  --out scorer.pkl --seed 7
"$python" "$here/export.py" scorer.pkl sprout-scorer.gguf --type q8_0

#!/usr/bin/env bash
# Prints the table of benches/draw.rs and, where Python has numpy, numpy's draws of the same sizes beside it.
#
#   benches/draw.sh
#
# PYTHON names another Python. numpy's draws cannot be recomputed by anybody else, in another language or from
# another version of numpy: they show what a draw costs that nobody has to verify.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo bench --locked --quiet --bench draw
python=${PYTHON:-python3}
"$python" -c 'import numpy' 2>/dev/null || { echo "numpy is not installed: its draws are left out"; exit 0; }
"$python" - <<'PY'
import hashlib, time
import numpy

def row(what, n, work, runs=5):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(f"{what:<46} {n:>10} {min(times) * 1e3:>11.2f} {min(times) * 1e9 / n:>9.1f}")

rng = numpy.random.default_rng(1)
print(f"numpy {numpy.__version__}")
for n in (255_000, 1_000_000):
    p = numpy.where(numpy.arange(n) % 10 == 0, 0.02, 0.004)
    weight = p / p.sum()
    row("numpy: independent, random(n) < p", n, lambda: numpy.flatnonzero(rng.random(n) < p))
    row("numpy: exactly 1000, choice(p, no replacement)", n, lambda: rng.choice(n, 1000, replace=False, p=weight))
    row("numpy: exactly 1000, exponential keys", n, lambda: numpy.argpartition(rng.exponential(size=n) / weight, 1000)[:1000])
ids = [b"%012d" % i for i in range(255_000)]
row("Python: one SHA-256 an id, hashlib", len(ids), lambda: [hashlib.sha256(i).digest() for i in ids], 3)
PY

#!/usr/bin/env bash
# Changes mapservice/privacy in hundreds of small ways and sees whether its tests notice:  bench/mutation.sh
# Prints the figure and every change that was not noticed. About two minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -x .venv/bin/mutmut ] || { echo "Run ./check once: it installs mutmut."; exit 1; }
export PATH=$PWD/.venv/bin:$PATH
rm -rf mutants
mutmut run --max-children 2 | tail -c 200
echo
mutmut results | grep -v ': no tests' | while IFS=: read -r name what; do
    echo "== $name:$what"
    mutmut show "${name// /}" | grep -E '^[-+] ' || true
done
rm -rf mutants

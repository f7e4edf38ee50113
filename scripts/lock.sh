#!/usr/bin/env bash
# Writes scripts/locks/*.txt again from pyproject.toml, and package-lock.json from package.json. For developers; needs uv
# (https://docs.astral.sh/uv/) and npm.
#   scripts/lock.sh            keeps the versions that still fit
#   scripts/lock.sh --upgrade  takes the newest
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

dependency_hash=$(python3 scripts/dependency_hash.py)

lock() { # name, further arguments
    local name=$1 file=scripts/locks/$1.txt
    shift
    [ -f "$file" ] && cp "$file" "$file.new" || : > "$file.new"
    uv pip compile pyproject.toml "$@" --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --no-header --no-annotate --quiet --output-file "$file.new"
    { echo "# $dependency_hash"; echo "# Made by scripts/lock.sh from pyproject.toml; the line above tells whether it is current."
      grep -v '^# ' "$file.new"; } > "$file"
    rm "$file.new"
    echo "$file: $(grep -c == "$file") packages"
}

lock run "$@"
lock check --group check --constraints scripts/locks/run.txt "$@"
lock tools --group tools --constraints scripts/locks/run.txt "$@"

# The tools that check the scripts of the pages: their versions are exact in package.json, their hashes in the lock.
npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --silent
node scripts/slim_lock.js
echo "package-lock.json: $(grep -c integrity package-lock.json) packages"

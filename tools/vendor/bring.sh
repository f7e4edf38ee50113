#!/usr/bin/env bash
# Bring our own copies of the browser libraries from npm into static/vendor/, then write their hashes.
# Run from the top of the repository. The pages load these copies only; tests/test_vendor.py holds that.
set -euo pipefail

bring() { # name version file...
  local target="static/vendor/$1-$2" box
  box=$(mktemp -d)
  (cd "$box" && npm pack --silent "$1@$2" >/dev/null && tar xzf ./*.tgz)
  mkdir -p "$target"
  for file in "${@:3}"; do cp -r "$box/package/$file" "$target/"; done
  find "$target" -name '*.js' -exec sed -i '/^\/\/# sourceMappingURL=/d' {} +  # the maps are not shipped
  rm -rf "$box"
}

bring leaflet 1.9.4 LICENSE dist/leaflet.js dist/leaflet.css dist/images
bring protomaps-leaflet 5.1.0 LICENSE dist/protomaps-leaflet.js
bring topojson-client 3.1.0 LICENSE dist/topojson-client.min.js

python3 - <<'PYTHON'
import hashlib, json, pathlib

vendor = pathlib.Path("static/vendor")
files = sorted(path for path in vendor.rglob("*") if path.is_file() and path.name != "manifest.json")
hashes = {path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
(vendor / "manifest.json").write_text(json.dumps(hashes, indent=2) + "\n")
PYTHON

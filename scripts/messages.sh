#!/usr/bin/env bash
# Collects all texts into messages.pot, and adds new ones to each language:  scripts/messages.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH=$PWD/.venv/bin:$PATH
folder=mapservice/i18n/translations
pybabel --quiet extract --mapping-file mapservice/i18n/babel.cfg --keywords _l --keywords lazy_gettext --keywords marked \
    --keywords plural_forms:1,2 \
    --no-location --sort-output --omit-header --no-wrap --output-file "$folder/messages.pot" .
for catalogue in "$folder"/*/LC_MESSAGES/messages.po; do
    language=$(basename "$(dirname "$(dirname "$catalogue")")")
    pybabel --quiet update --input-file "$folder/messages.pot" --output-file "$catalogue" --locale "$language" \
        --no-fuzzy-matching --omit-header --no-wrap --ignore-obsolete
done

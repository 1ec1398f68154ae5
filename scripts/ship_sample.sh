#!/bin/sh
# Makes the sample anew, as golden files and as the pages that content/ ships with: scripts/ship_sample.sh
# Read the diff before you commit it.
set -eu
cd "$(dirname "$0")/.."
GROUNDWIRE_UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/test_sample.py -k golden
.venv/bin/python -m groundwire run --sample
rm -rf content/articles content/issues content/outlets content/.ledger
mkdir -p content
cp -R .groundwire/sample/content/. content/
echo "The pages in this folder are the sample's; \`groundwire init\` removes them." >content/.sample

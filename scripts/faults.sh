#!/usr/bin/env bash
# Turns each leak row's compiled fault on in turn and demands that exactly that row's test turns red.
# Arguments: the rows to try; without any, all of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec .venv/bin/python scripts/faults.py "$@"

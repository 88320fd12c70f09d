#!/usr/bin/env bash
# Runs the Python tests (launcher, interoperability, fuzz, leaks) against built binaries: the debug build unless the
# environment says otherwise. Arguments go to pytest; without any, all four folders run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

built="$PWD/${AMBIT_SCRATCH:-.build}/debug"
export AMBIT_BIN="${AMBIT_BIN:-$built/ambit}"
export AMBIT_LAUNCHER="${AMBIT_LAUNCHER:-$built/ambit-launcher}"
export PYTHONDONTWRITEBYTECODE=1

[[ -x "$AMBIT_BIN" ]] || {
    echo "pytest.sh: no server at $AMBIT_BIN; run 'make debug' first, or set AMBIT_BIN" >&2
    exit 1
}
if (($# == 0)); then
    set --
    for folder in Tests/LauncherTests Tests/InteropTests Tests/FuzzTests Tests/LeakTests; do
        if compgen -G "$folder/test_*.py" >/dev/null; then set -- "$@" "$folder"; fi
    done
fi
exec .venv/bin/python -m pytest -c Tests/pytest.ini --rootdir Tests "$@"

#!/usr/bin/env bash
# The Python environment of the interoperability and leak tests: .venv, ignored by git, made from Tests/requirements.txt
# and remade only when that file or the Python version changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=.venv
requirements=Tests/requirements.txt
stamp="$venv/made-from"

say() { printf 'python-env: %s\n' "$*" >&2; }
die() {
    say "$@"
    exit 1
}

command -v python3 >/dev/null 2>&1 || die "python3 is missing; run scripts/setup.sh test, or install python3 and python3-venv."
wanted="$(python3 --version; cat "$requirements")"
if [[ -x "$venv/bin/python" && -f "$stamp" && "$(cat "$stamp")" == "$wanted" ]]; then
    exit 0
fi

say "making $venv from $requirements"
rm -rf "$venv"
python3 -m venv "$venv" \
    || die "python3 can't make a virtual environment. Install python3-venv (apt-get install python3-venv) and try again."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: -r "$requirements" \
    || die "pip could not install $requirements. The Swift tests run without it (make unit)." \
        "Check the network, or point PIP_INDEX_URL at a mirror, and try again."
printf '%s\n' "$wanted" >"$stamp"

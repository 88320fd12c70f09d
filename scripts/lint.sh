#!/usr/bin/env bash
# Everything `make lint` checks. Goes on after a finding, so that one run shows them all.
# shellcheck disable=SC2317 # the checks are called through `step`
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

failed=0
step() { # step NAME COMMAND…
    local name="$1"
    shift
    if "$@"; then echo "lint: $name: ok"; else
        echo "lint: $name: FAILED" >&2
        failed=1
    fi
}

swift_format() {
    git ls-files -z --cached --others --exclude-standard -- '*.swift' \
        | xargs -0 -r swift format lint --strict --parallel --configuration .swift-format
}

shell_scripts() {
    local scripts status=0 script
    mapfile -t scripts < <(git ls-files --cached --others --exclude-standard -- 'scripts/*.sh' .ci/run)
    for script in "${scripts[@]}"; do bash -n "$script" || status=1; done
    if command -v shellcheck >/dev/null 2>&1; then
        shellcheck --severity=style "${scripts[@]}" || status=1
    fi
    return "$status"
}

step "lint's own rules (self-test)" python3 -B -m unittest -q scripts/test_lint.py
step "set-up scripts (self-test)" python3 -B -m unittest -q scripts/test_setup.py
step "faults script (self-test)" python3 -B -m unittest -q scripts/test_faults.py
step "leak rows: tests, faults, documentation" python3 -B scripts/faults.py --check
step "house rules" python3 -B scripts/lint.py
step "shell scripts" shell_scripts
step "swift format" swift_format
exit "$failed"

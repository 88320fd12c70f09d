#!/usr/bin/env bash
# Makes a fresh Debian or Ubuntu that has Swift ready to build (`setup.sh serve`) and to test (`setup.sh test`).
# Installs through apt, with sudo where needed, only what is missing; does nothing, offline too, when all is there.
set -euo pipefail

purpose="${1:-serve}"
readonly minimum_swift="6.2" recommended_swift="6.3"

say() { printf 'setup: %s\n' "$*" >&2; }
die() {
    say "$@"
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# True when version $1 is at least version $2 ("6.3.1" against "6.2").
at_least() {
    local have_major have_minor want_major want_minor
    IFS=. read -r have_major have_minor _ <<<"$1."
    IFS=. read -r want_major want_minor _ <<<"$2."
    ((have_major > want_major || (have_major == want_major && have_minor >= want_minor)))
}

check_swift() {
    if ! have swift; then
        say "Swift is not installed, or not on the PATH."
        say "Ambit needs Swift $minimum_swift or newer; $recommended_swift is what CI runs."
        die "Install it from https://www.swift.org/install/linux/ and try again."
    fi
    local text version
    text="$(swift --version 2>/dev/null || true)"
    version="$(sed -nE 's/.*Swift version ([0-9]+\.[0-9]+(\.[0-9]+)?).*/\1/p' <<<"$text" | head -n 1)"
    [[ -n "$version" ]] || die "'swift --version' does not name a version; it printed: ${text:-nothing}"
    at_least "$version" "$minimum_swift" \
        || die "Swift $version is too old: Ambit needs $minimum_swift or newer ($recommended_swift is what CI runs)." \
            "See https://www.swift.org/install/linux/"
}

# The C library as a static archive and its headers, as ambit-launcher needs them.
have_libc_dev() {
    [[ -z "${SETUP_ASSUME_LIBC:-}" ]] || return 0
    local path
    for path in /usr/lib/*-linux-gnu*/libc.a /usr/lib64/libc.a /usr/lib/libc.a; do
        [[ -e "$path" && -e /usr/include/stdio.h ]] && return 0
    done
    return 1
}

have_pcre2_dev() { [[ -n "${SETUP_ASSUME_LIBC:-}" || -e /usr/include/pcre2.h ]]; }

have_yaml_dev() { [[ -n "${SETUP_ASSUME_LIBC:-}" || -e /usr/include/yaml.h ]]; }

have_sodium_dev() { [[ -n "${SETUP_ASSUME_LIBC:-}" || -e /usr/include/sodium.h ]]; }

have_ssl_dev() { [[ -n "${SETUP_ASSUME_LIBC:-}" || -e /usr/include/openssl/evp.h ]]; }

have_python() { have python3 && python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }
have_python_venv() { have python3 && python3 -c 'import venv, ensurepip' 2>/dev/null; }

missing=()
want() { # want PACKAGE TEST…: remember the package when the test fails
    local package="$1"
    shift
    "$@" || missing+=("$package")
}

# SETUP_ASSUME_MISSING and SETUP_ASSUME_LIBC let the test of this script pretend.
collect() {
    read -ra missing <<<"${SETUP_ASSUME_MISSING:-}"
    want git have git
    want make have make
    want libc6-dev have_libc_dev
    want libpcre2-dev have_pcre2_dev
    want libyaml-dev have_yaml_dev
    want libsodium-dev have_sodium_dev
    want libssl-dev have_ssl_dev
    if [[ "$purpose" == test ]]; then
        want python3 have_python
        want python3-venv have_python_venv
    fi
}

install_missing() {
    local as_root=()
    have apt-get || die "These packages are missing and apt is not here to install them: ${missing[*]}." \
        "Install them with your system's package manager and try again."
    if [[ "$(id -u)" != 0 ]]; then
        have sudo || die "These packages are missing: ${missing[*]}. You are not root and sudo is not here." \
            "As root, run: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing: ${missing[*]}"
    # A list that is fresh enough makes the update superfluous; one that is stale makes it necessary.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >&2 \
        || { "${as_root[@]}" apt-get update >&2 \
            && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y --no-install-recommends "${missing[@]}" >&2; } \
        || die "apt could not install: ${missing[*]}. Install them by hand and try again."
}

have_browser() {
    [[ -z "${SETUP_ASSUME_LIBC:-}" ]] || return 0
    have chromium || have chromium-browser || have google-chrome
}

# For the tests of the REPL plugin, which are skipped without one: not every distribution has it as a package.
install_browser() {
    local missing=(chromium)
    if have apt-get; then
        (install_missing) || say "no browser could be installed: its tests will be skipped"
    else
        say "no browser is here, and no apt to install chromium: its tests will be skipped"
    fi
}

case "$purpose" in serve | test) ;; *) die "usage: setup.sh [serve|test]" ;; esac
check_swift
collect
((${#missing[@]} == 0)) || install_missing
[[ "$purpose" != test ]] || have_browser || install_browser

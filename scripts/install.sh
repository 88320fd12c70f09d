#!/usr/bin/env bash
# Lays Ambit out below a prefix, and removes it again: install.sh install|uninstall
#   PREFIX   absolute; where it will run from
#   DESTDIR  stands before it while files are copied
#   BUILT    folder of the built programs (install)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}
usage() { die "usage: PREFIX=… [DESTDIR=…] [BUILT=…] install.sh install|uninstall"; }

prefix="${PREFIX:-/usr/local}"
[[ "$prefix" == /* ]] || die "PREFIX is '$prefix'; expected an absolute path"
to="${DESTDIR:-}${prefix%/}"
shipped=(libLogs.so libREPL.so)
# What the server loads where it checks tokens.
signatures=libAmbitSignatures.so

# Remembers which folders were made, each on its line, so that uninstalling removes no other.
made=share/ambit/made-folders
make_folder() { # make_folder FOLDER
    local part="" folder="$1"
    [[ ! -d "$to/$folder" ]] || return 0
    while [[ -n "$folder" ]]; do
        part="${part:+$part/}${folder%%/*}"
        [[ "$folder" == */* ]] && folder="${folder#*/}" || folder=""
        [[ -d "$to/$part" ]] || new_folders+=("$part")
    done
    install -d -m 755 "$to/$1"
}

put() { # put MODE FILE FOLDER
    make_folder "$3"
    install -m "$1" "$2" "$to/$3/"
}

# Copies a folder's files; links inside are followed. What an earlier version has left there goes.
put_tree() { # put_tree FOLDER DESTINATION
    local file mode
    rm -rf "${to:?}/$2"
    make_folder "$2"
    while IFS= read -r -d '' file; do
        mode=644
        [[ ! -x "$1/$file" ]] || mode=755
        install -d -m 755 "$to/$2/$(dirname "$file")"
        install -m "$mode" "$1/$file" "$to/$2/$file"
    done < <(cd "$1" && find -L . -type f -not -path '*/.build/*' -not -name Package.resolved -print0)
}

install_all() {
    local program plugin file new_folders=()
    [[ -n "${BUILT:-}" ]] || usage
    for program in ambit ambit-launcher "$signatures" "${shipped[@]}"; do
        [[ -f "$BUILT/$program" ]] || die "$BUILT/$program is not there; run 'make release' first, or name the build folder with BUILT"
    done
    put 755 "$BUILT/ambit" bin
    put 755 "$BUILT/ambit-launcher" libexec/ambit
    for plugin in "${shipped[@]}"; do put 644 "$BUILT/$plugin" lib/ambit/plugins; done
    put 644 "$BUILT/$signatures" lib/ambit
    put_tree Sources/CAmbit/include/ambit include/ambit
    put_tree SDK share/ambit/sdk
    put_tree Templates share/ambit/templates
    rm -rf "${to:?}/share/doc/ambit"
    put_tree docs share/doc/ambit/docs
    put_tree Plugins/Examples share/doc/ambit/Plugins/Examples
    put 644 Plugins/Logs/README.md share/doc/ambit/Plugins/Logs
    put 644 Plugins/Logs/errors.yaml share/doc/ambit/Plugins/Logs
    put 644 Plugins/REPL/README.md share/doc/ambit/Plugins/REPL
    put 644 Plugins/Everything/README.md share/doc/ambit/Plugins/Everything
    put 644 Benchmarks/README.md share/doc/ambit/Benchmarks
    for file in README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE; do put 644 "$file" share/doc/ambit; done
    # An earlier version has made some, which this one finds.
    [[ ! -f "$to/$made" ]] || mapfile -t -O "${#new_folders[@]}" new_folders <"$to/$made"
    printf '%s\n' "${new_folders[@]}" | sort -u >"$to/$made"
    printf 'install: Ambit is in %s\n' "$to"
}

uninstall_all() {
    local plugin folder folders=()
    [[ ! -f "$to/$made" ]] || mapfile -t folders < <(sort -r "$to/$made")
    rm -f "$to/bin/ambit" "$to/lib/ambit/$signatures"
    for plugin in "${shipped[@]}"; do rm -f "$to/lib/ambit/plugins/$plugin"; done
    rm -rf "$to/libexec/ambit" "$to/include/ambit" "$to/share/ambit" "$to/share/doc/ambit"
    # Plugins of others stay, and folders that are not empty.
    for folder in "${folders[@]}" lib/ambit/plugins lib/ambit; do rmdir "$to/$folder" 2>/dev/null || true; done
    printf 'install: removed from %s\n' "$to"
}

case "${1:-}" in
    install) install_all ;;
    uninstall) uninstall_all ;;
    *) usage ;;
esac

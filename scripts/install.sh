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
shipped=(libLogs.so)
# What the server loads where it checks tokens.
signatures=libAmbitSignatures.so

put() { # put MODE FILE FOLDER
    install -d -m 755 "$to/$3"
    install -m "$1" "$2" "$to/$3/"
}

# Copies a folder's files; links inside are followed. What an earlier version has left there goes.
put_tree() { # put_tree FOLDER DESTINATION
    local file mode
    rm -rf "${to:?}/$2"
    while IFS= read -r -d '' file; do
        mode=644
        [[ ! -x "$1/$file" ]] || mode=755
        install -d -m 755 "$to/$2/$(dirname "$file")"
        install -m "$mode" "$1/$file" "$to/$2/$file"
    done < <(cd "$1" && find -L . -type f -not -path '*/.build/*' -not -name Package.resolved -print0)
}

install_all() {
    local program plugin
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
    put_tree docs share/doc/ambit
    put 644 README.md share/doc/ambit
    put 644 LICENSE share/doc/ambit
    printf 'install: Ambit is in %s\n' "$to"
}

uninstall_all() {
    local plugin
    rm -f "$to/bin/ambit" "$to/lib/ambit/$signatures"
    for plugin in "${shipped[@]}"; do rm -f "$to/lib/ambit/plugins/$plugin"; done
    rm -rf "$to/libexec/ambit" "$to/include/ambit" "$to/share/ambit" "$to/share/doc/ambit"
    # Plugins of others stay, and folders that are not empty.
    rmdir "$to/lib/ambit/plugins" "$to/lib/ambit" 2>/dev/null || true
    printf 'install: removed from %s\n' "$to"
}

case "${1:-}" in
    install) install_all ;;
    uninstall) uninstall_all ;;
    *) usage ;;
esac

/// Connects to the debugging port of a browser that runs already: finds its address, asks for a WebSocket, and passes on what comes.
///
/// A process, so that whatever the other side does or fails to do ends with the interpreter's scope. How long it may take is the
/// interpreter's start limit.
enum BrowserRelay {
    static let source = #"""
        fail() { echo "$1" >&2; exit 1; }
        exec 5<>"/dev/tcp/127.0.0.1/$1" || fail "nothing listens on port $1: start the browser with --remote-debugging-port=$1"
        printf 'GET /json/version HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" >&5
        path=
        while [ -z "$path" ] && IFS= read -r -u 5 line; do
          case $line in *'"webSocketDebuggerUrl"'*) path=${line#*ws://}; path=/${path#*/}; path=${path%%\"*} ;; esac
        done
        [ -n "$path" ] || fail "no browser answers on port $1"
        exec 5>&- 6<>"/dev/tcp/127.0.0.1/$1" || fail "port $1 takes no second connection"
        printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' "$path" "$1" >&6
        printf 'Sec-WebSocket-Key: YW1iaXQgYW1iaXQgYW1iaQ==\r\nSec-WebSocket-Version: 13\r\n\r\n' >&6
        IFS= read -r -u 6 line
        case $line in *' 101 '*) ;; *) fail "the browser gives no WebSocket: $line" ;; esac
        while IFS= read -r -u 6 line && [ "$line" != $'\r' ]; do :; done
        cat <&6 >&3 &
        exec cat >&6 3>&-
        """#
}

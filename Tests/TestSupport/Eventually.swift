internal import Glibc
internal import Scopes

/// Waits until a condition holds, with a limit that only a failing test reaches.
package func eventually(seconds: Int64 = 30, _ condition: () -> Bool) -> Bool {
    let limit = Monotonic.now() + seconds * 1_000_000_000
    while !condition() {
        if Monotonic.now() > limit { return false }
        usleep(500)
    }
    return true
}

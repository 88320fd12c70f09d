/// How much the plugin remembers. What goes beyond is dropped, oldest first, and counted.
struct Limits: Sendable {
    /// Bytes of lines kept for one process, with their bookkeeping: a burst of so much loses a follower that reads no line.
    var processBytes = 8 << 20
    /// The same for all processes together.
    var totalBytes = 16 << 20
    /// Ended processes remembered for one session, and as many for the plugin.
    var rememberedProcesses = 64
}

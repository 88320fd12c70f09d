import Transport

/// What all sessions of a server keep for clients that resume their streams (S15).
final class ReplayGauges: Sendable {
    let events = Gauge()
    let bytes = Gauge()
}

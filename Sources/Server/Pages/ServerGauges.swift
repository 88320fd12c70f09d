import CLinux
import JSON
import Scopes
import Transport

/// The numbers of `/debug/scopes`: what exists at this instant (S15).
struct ServerGauges {
    let values: [(name: StaticString, value: Int)]

    init(ledger: Ledger, engine: Engine, sessions: Int, transport: TransportGauges) {
        let streams = transport.streams.value
        values = [
            ("scopes", ledger.gauge("scope")), ("tasks", ledger.gauge("task")), ("processes", ledger.gauge("process")),
            ("timers", ledger.gauge("timer")), ("subscriptions", ledger.gauge("subscription")),
            ("channels", ledger.gauge("channel")), ("finalizers", ledger.gauge("finalizer")), ("sessions", sessions),
            ("streams", streams), ("connections", transport.connections.value), ("calls", engine.calls),
            ("queuedBytes", transport.queuedBytes.value), ("replayEvents", engine.replayGauges.events.value),
            ("replayBytes", engine.replayGauges.bytes.value), ("descriptors", Int(ambit_linux_self_descriptors())),
            ("threads", Int(ambit_linux_self_threads())),
        ]
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, value) in values {
            writer.key(name)
            writer.int(value)
        }
        writer.endObject()
    }
}

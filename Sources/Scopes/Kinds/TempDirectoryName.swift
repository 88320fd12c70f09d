internal import CLinux
internal import Glibc

/// The name of a temporary directory, `ambit-<pid>-<start>-<namespace>-<label>-XXXXXX`: it tells which host made it and whether that lives.
struct TempDirectoryName: Sendable, Equatable {
    let pid: Int32
    /// Start of that process, clock ticks since boot.
    let started: UInt64
    /// What the number belongs to: another container may share the folder.
    let namespace: UInt64

    private static let prefix = "ambit"

    /// Of this process.
    static let own: TempDirectoryName? = {
        var started: UInt64 = 0
        guard ambit_linux_process_started(getpid(), &started) == 0 else { return nil }
        return TempDirectoryName(pid: getpid(), started: started, namespace: ambit_linux_process_namespace())
    }()

    init(pid: Int32, started: UInt64, namespace: UInt64) {
        self.pid = pid
        self.started = started
        self.namespace = namespace
    }

    /// Nil: no host made this one.
    init?(_ name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 5, parts[0] == Self.prefix, let pid = Int32(parts[1]), pid > 0,
            let started = UInt64(parts[2]), let namespace = UInt64(parts[3])
        else { return nil }
        self.init(pid: pid, started: started, namespace: namespace)
    }

    /// For mkdtemp. Of the label, only what is harmless in a name is kept.
    func template(label: String) -> String {
        let kept = label.utf8.prefix(32).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return "\(Self.prefix)-\(pid)-\(started)-\(namespace)-\(String(decoding: kept, as: UTF8.self))-XXXXXX"
    }

    /// Whether its host is certainly gone.
    var isOrphaned: Bool {
        guard let own = Self.own, own.namespace == namespace, namespace != 0 else { return false }
        var now: UInt64 = 0
        switch ambit_linux_process_started(pid, &now) {
        case 0: return now != started
        case -ESRCH: return true
        default: return false
        }
    }
}

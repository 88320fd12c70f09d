import CLinux
import Glibc
import Scopes
import Synchronization

/// How programs of the command line end and complain.
package enum Program {
    /// A line for people, on stderr.
    package static func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        bytes.withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) }
    }

    /// To stdout, whole.
    static func out(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { write(1, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return outputClosed.store(true, ordering: .relaxed) }
            offset += count
        }
    }

    private static let outputClosed = Atomic(false)

    /// Nobody reads stdout any more.
    static var isOutputClosed: Bool { outputClosed.load(ordering: .relaxed) }

    /// Ends the process without running destructors: plugins' static data must outlive whatever still runs (row
    /// plugin-statics-not-called-at-exit).
    static func exit(_ status: Int32) -> Never {
        fflush(nil)
        if Fault.isOn("plugin-statics-not-called-at-exit") { Glibc.exit(status) }
        _exit(status)
    }

    /// A server has a descriptor for each client and several for each process: as many as it may have, a million at most. Programs that
    /// plugins start get the old limit. Call before the first thread exists.
    static func raiseDescriptorLimit() { _ = ambit_linux_raise_descriptor_limit(1 << 20) }

    /// Takes secrets out of the environment, which programs that plugins start inherit. Call before the first thread exists.
    static func forgetSecrets() {
        for setting in SettingTable.all where setting.type.isSecret { unsetenv(setting.variable) }
        unsetenv("AMBIT_TOKEN")
    }

    /// It could not start: one line, status 1.
    static func fail(_ why: String) -> Never {
        say("ambit: \(why)")
        exit(1)
    }
}

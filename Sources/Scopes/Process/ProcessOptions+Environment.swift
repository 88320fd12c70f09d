internal import Glibc

extension Process.Options {
    /// What the program gets: the host's variables and its own, each name once.
    func wholeEnvironment() -> [[UInt8]] {
        var order: [[UInt8]] = []
        var values: [[UInt8]: [UInt8]] = [:]
        func add(_ entry: [UInt8]) {
            let name = Array(entry.prefix { $0 != UInt8(ascii: "=") })
            if values.updateValue(entry, forKey: name) == nil { order.append(name) }
        }
        // The host's own terminal, if it has one, is not the program's.
        if terminal != nil { add(Array("TERM=xterm-256color".utf8)) }
        if !clearEnvironment {
            var entry = environ
            while let pointer = entry.pointee {
                let bytes = Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
                if terminal == nil || !bytes.starts(with: "TERM=".utf8) { add(bytes) }
                entry += 1
            }
        }
        for entry in environment { add(entry) }
        return order.compactMap { values[$0] }
    }
}

internal import CLinux

/// What a finished copy consists of, kept beside it: shows at each use, without reading it all, that it is still what was hashed.
struct CopyRecord: Equatable {
    struct File: Equatable {
        let path: String
        let size: Int64
        let inode: UInt64
        let modified, changed: Int64

        init(_ path: String, _ facts: ambit_linux_file_facts) {
            self.path = path
            size = facts.size
            inode = facts.inode
            modified = facts.modified_ns
            changed = facts.changed_ns
        }

        fileprivate init?(_ line: Substring) {
            let fields = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
            guard fields.count == 5, let size = Int64(fields[0]), let inode = UInt64(fields[1]), let modified = Int64(fields[2]),
                let changed = Int64(fields[3])
            else { return nil }
            (self.size, self.inode, self.modified, self.changed) = (size, inode, modified, changed)
            path = String(fields[4])
        }
    }

    /// Relative to the folder of the files, as all paths here.
    let library: String
    let files: [File]

    init(library: String, files: [File]) {
        self.library = library
        self.files = files
    }

    private static let head = "ambit plugin copy 1"

    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), text.hasSuffix("end\n") else { return nil }
        let lines = text.split(separator: "\n")
        guard lines.count >= 4, lines[0] == Self.head else { return nil }
        library = String(lines[1])
        var files: [File] = []
        for line in lines[2..<(lines.count - 1)] {
            guard let file = File(line) else { return nil }
            files.append(file)
        }
        self.files = files
    }

    /// Of a copy's folder.
    init?(in folder: borrowing OpenFile) {
        guard let file = OpenFile("record", in: folder), let bytes = file.bytes(limit: 1 << 20) else { return nil }
        self.init(bytes)
    }

    var bytes: [UInt8] {
        var text = "\(Self.head)\n\(library)\n"
        for file in files { text += "\(file.size) \(file.inode) \(file.modified) \(file.changed) \(file.path)\n" }
        return Array((text + "end\n").utf8)
    }

    var size: Int64 { files.reduce(0) { $0 + $1.size } }
}

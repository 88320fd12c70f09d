import Glibc
import Scopes
import Testing

@testable import PluginHost

/// A compiled fixture plugin: each test loads a copy of its own, so that the library's statics are its own, too.
struct Fixture {
    let path: String

    private static let directory: String = {
        var template = Array("/tmp/ambit-host-tests.XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no temporary directory")
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        removeAtExit.withLock { $0 = path }
        atexit { removeAtExit.withLock { path in if let path { _ = run("rm -rf '\(path)'") } } }
        return path
    }()
    private static let removeAtExit = Lock<String?>(nil)
    private static let compiled = Lock<[String: String]>([:])
    private static let numbers = Lock(0)

    private static func next() -> Int {
        numbers.withLock {
            $0 += 1
            return $0
        }
    }

    private static func run(_ command: String) -> Int32 { system(command) }

    init(_ macros: String...) throws {
        let flags = macros.map { "'-D\($0)'" }.joined(separator: " ")
        let built: String
        if let known = Self.compiled.withLock({ $0[flags] }) {
            built = known
        } else {
            let base = "\(Self.directory)/build\(Self.next())"
            let include = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Sources/CAmbit/include"
            try write(fixtureSource, to: "\(base).c")
            let command = "/usr/bin/cc -std=c11 -Wall -fPIC -fvisibility=hidden -shared -I'\(include)' \(flags) -o \(base).so \(base).c"
            try #require(Self.run(command) == 0)
            Self.compiled.withLock { $0[flags] = "\(base).so" }
            built = "\(base).so"
        }
        let number = Self.next()
        path = "\(Self.directory)/plugin\(number).so"
        // Bytes behind the end change nothing but the hash: each is a plugin of its own to the cache.
        try #require(Self.run("cp \(built) \(path) && printf \(number) >> \(path)") == 0)
    }

    /// A path beside the plugins where nothing is yet.
    static func temporary(_ name: String) -> String { "\(directory)/\(name)\(next())" }

    /// A new empty folder beside the plugins.
    static func folder() -> String {
        let path = "\(directory)/folder\(next())"
        precondition(mkdir(path, 0o700) == 0, "no temporary directory")
        return path
    }

    /// Runs a command of the shell.
    static func shell(_ command: String) throws { try #require(run(command) == 0, "\(command)") }

    /// A file with this text beside the plugins.
    static func file(_ text: String) throws -> String {
        let path = "\(directory)/file\(next())"
        try write(text, to: path)
        return path
    }

    enum Counter: Int32 { case created, activated, quiesced, destroyed, invoked, lateStatus, leaking, constructed }

    /// The copy that a host has loaded; it keeps its name.
    private func loaded() -> UnsafeMutableRawPointer? {
        let name = path.split(separator: "/").last.map { "/\($0)" } ?? ""
        guard let maps = fopen("/proc/self/maps", "r") else { return nil }
        defer { fclose(maps) }
        var line = [CChar](repeating: 0, count: 8192)
        while fgets(&line, Int32(line.count), maps) != nil {
            let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasSuffix(name), let slash = text.firstIndex(of: "/") else { continue }
            return dlopen(String(text[slash...]), RTLD_LAZY | RTLD_NOLOAD)
        }
        return nil
    }

    /// Reads a counter of the loaded library.
    func counter(_ counter: Counter) -> Int {
        guard let library = loaded(), let symbol = dlsym(library, "fixture_get") else { return -1 }
        return Int(unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)(counter.rawValue))
    }

    /// Lets the leaky handler end.
    func release() {
        guard let library = loaded(), let symbol = dlsym(library, "fixture_release") else { return }
        unsafeBitCast(symbol, to: (@convention(c) () -> Void).self)()
    }
}

private func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    try #require(fputs(text, file) >= 0)
}

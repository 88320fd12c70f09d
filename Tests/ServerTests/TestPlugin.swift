import Glibc
import Scopes
import Testing

/// A small plugin in C, compiled once: `echo` (inline), `hold` (until it is cancelled), `count` (three steps of progress and a log).
enum TestPlugin {
    private static let built: Result<String, CompileError> = Result { () throws(CompileError) in try build() }
    private static let more: Result<String, CompileError> = Result { () throws(CompileError) in
        try compile(folder() + "-more", "more", flags: "-DMORE")
    }

    struct CompileError: Error {}

    static func path() throws -> String { try built.get() }

    /// With `inquire`, which asks and says the answer, and tools that become tasks.
    static func pathOfMore() throws -> String { try more.get() }

    /// Where the test's servers keep their copies of it.
    static func folder() throws(CompileError) -> String {
        try built.get().split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/cache"
    }

    private static func build() throws(CompileError) -> String {
        var template = Array("/tmp/ambit-server-tests.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CompileError() }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        removeAtExit.withLock { $0 = folder }
        atexit { TestPlugin.removeAtExit.withLock { folder in if let folder { _ = system("rm -rf '\(folder)'") } } }
        return try compile(folder, "p")
    }

    private static func compile(_ folder: String, _ name: String, flags: String = "") throws(CompileError) -> String {
        let include = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Sources/CAmbit/include"
        let path = "\(folder)/\(name)"
        mkdir(folder, 0o700)
        guard let file = fopen("\(path).c", "w") else { throw CompileError() }
        fputs(testPluginSource, file)
        fclose(file)
        guard system("/usr/bin/cc -std=c11 -Wall -fPIC -shared \(flags) -I'\(include)' -o \(path).so \(path).c") == 0 else {
            throw CompileError()
        }
        return "\(path).so"
    }

    private static let removeAtExit = Lock<String?>(nil)
}

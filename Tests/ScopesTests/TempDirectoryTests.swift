import Glibc
import Testing

@testable import Scopes

struct TempDirectoryTests {
    /// A folder for one test, removed at its end.
    private final class Base {
        let path: String
        init() throws {
            var name = Array("/tmp/ambit-test-XXXXXX".utf8CString)
            try #require(mkdtemp(&name) != nil)
            path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        deinit { _ = run(["rm", "-rf", path]) }
    }

    @discardableResult
    private static func run(_ words: [String]) -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid = pid_t()
        guard posix_spawnp(&pid, words[0], nil, nil, arguments, environ) == 0 else { return -1 }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        return status
    }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var result: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { result.append(name) }
        }
        return result
    }

    private func write(_ path: String) { close(open(path, O_CREAT | O_WRONLY, 0o600)) }

    @Test func itIsOursAloneAndGoesWithItsScope() throws {
        let base = try Base()
        let root = Scope.root(.manual())
        let directory = try root.temporaryDirectory("my label/../x", in: base.path)
        #expect(directory.path.hasPrefix(base.path + "/ambit-\(getpid())-"))
        #expect(names(in: base.path).count == 1 && directory.path.contains("my_label____x"))
        var facts = stat()
        #expect(lstat(directory.path, &facts) == 0 && facts.st_mode & 0o777 == 0o700)
        for folder in ["a", "a/b", "a/b/c"] { mkdir(directory.path + "/" + folder, 0o700) }
        for file in ["f", "a/f", "a/b/f", "a/b/c/.hidden"] { write(directory.path + "/" + file) }
        let report = root.closeNow()
        #expect(report?.isClean == true && !exists(directory.path))
        #expect(root.runtime.ledger.gauge("temporary directory") == 0)
    }

    /// Links are removed, what they point to stays.
    @Test func symbolicLinksAreNotFollowed() throws {
        let base = try Base()
        let outside = base.path + "/outside"
        mkdir(outside, 0o700)
        write(outside + "/precious")
        let root = Scope.root(.manual())
        let directory = try root.temporaryDirectory(in: base.path)
        symlink(outside, directory.path + "/link")
        symlink(outside + "/precious", directory.path + "/file")
        mkdir(directory.path + "/deep", 0o700)
        symlink("../..", directory.path + "/deep/up")
        #expect(root.closeNow()?.isClean == true)
        #expect(!exists(directory.path) && exists(outside + "/precious"))
    }

    /// A link in place of the directory itself is somebody else's.
    @Test func aDirectoryThatWasReplacedIsLeftAlone() throws {
        let base = try Base()
        let outside = base.path + "/outside"
        mkdir(outside, 0o700)
        write(outside + "/precious")
        let root = Scope.root(.manual())
        let directory = try root.temporaryDirectory(in: base.path)
        rmdir(directory.path)
        symlink(outside, directory.path)
        let report = root.closeNow()
        #expect(report?.failed == 1 && report?.details.first?.contains("is left") == true)
        #expect(exists(outside + "/precious"))
    }

    @Test func whatIsGoneAlreadyIsNoFailure() throws {
        let base = try Base()
        let root = Scope.root(.manual())
        let directory = try root.temporaryDirectory(in: base.path)
        rmdir(directory.path)
        #expect(root.closeNow()?.isClean == true)
    }

    /// Without recursion and with two descriptors: as deep as a program can make it, and as wide.
    @Test func deepAndWideTreesGo() throws {
        let base = try Base()
        let root = Scope.root(.manual())
        let directory = try root.temporaryDirectory(in: base.path)
        // Deeper than any path can name: by moving what is there into a new folder.
        let depth = 300
        var inner = directory.path + "/0"
        mkdir(inner, 0o700)
        for level in 1...depth {
            let outer = directory.path + "/\(level)"
            mkdir(outer, 0o700)
            #expect(rename(inner, outer + "/d") == 0)
            write(outer + "/f")
            inner = outer
        }
        for number in 0..<2_000 { write(directory.path + "/wide-\(number)") }
        // Names that look like those that removing uses.
        for number in 0..<20 { write(directory.path + "/.ambit-\(number)") }
        var facts = stat()
        #expect(lstat(directory.path, &facts) == 0)
        let (device, inode) = (UInt64(facts.st_dev), UInt64(facts.st_ino))
        // Bounded by time, and it says so.
        let late = TempDirectory.removeTree(directory.path, device: device, inode: inode, within: 0)
        #expect(late?.contains("took too long") == true && exists(directory.path))
        #expect(TempDirectory.removeTree(directory.path, device: device, inode: inode, within: 60_000_000_000) == nil)
        #expect(!exists(directory.path))
        #expect(root.closeNow()?.isClean == true)
    }

    @Test func unreadableFoldersAreRemovedToo() throws {
        let base = try Base()
        let root = Scope.root(.manual())
        let directory = try root.temporaryDirectory(in: base.path)
        mkdir(directory.path + "/closed", 0o700)
        mkdir(directory.path + "/closed/inner", 0o700)
        write(directory.path + "/closed/inner/f")
        chmod(directory.path + "/closed/inner", 0)
        chmod(directory.path + "/closed", 0)
        #expect(root.closeNow()?.isClean == true && !exists(directory.path))
    }

    @Test func removedEarlyItLeavesItsScope() throws {
        let base = try Base()
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let directory = try root.temporaryDirectory(in: base.path)
        directory.remove()
        directory.remove()
        runtime.disk.stop()
        #expect(root.counts.resources == 0 && !exists(directory.path))
    }

    @Test func errorsSayWhere() throws {
        let root = Scope.root(.manual())
        let missing = #expect(throws: TempDirectoryError.self) { try root.temporaryDirectory(in: "/does/not/exist") }
        #expect(missing?.errorNumber == ENOENT && missing?.description.contains("/does/not/exist") == true)
        #expect(throws: TempDirectoryError.self) { try root.temporaryDirectory(in: "relative") }
        #expect(root.counts.resources == 0)
        root.close(Reason(.cancelled, by: "test"))
        let base = try Base()
        #expect(throws: TempDirectoryError.self) { try root.temporaryDirectory(in: base.path) }
        #expect(names(in: base.path).isEmpty)
    }

    /// Only what dead hosts of this user left, and never through a link.
    @Test func leftoversOfCrashedHostsAreSwept() throws {
        let base = try Base()
        let own = try #require(TempDirectoryName.own)
        // A number that was a process a moment ago; its start can't be told any more, so that any will do.
        var pid = pid_t()
        let name = strdup("true")
        defer { free(name) }
        try #require(posix_spawnp(&pid, "true", nil, nil, [name, nil], environ) == 0)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        func make(_ host: TempDirectoryName) -> String {
            let path = base.path + "/" + host.template(label: "x").replacing("XXXXXX", with: "a1b2c3")
            mkdir(path, 0o700)
            write(path + "/f")
            return path
        }
        let dead = make(TempDirectoryName(pid: pid, started: 1, namespace: own.namespace))
        let reused = make(TempDirectoryName(pid: own.pid, started: own.started - 1, namespace: own.namespace))
        let living = make(own)
        let elsewhere = make(TempDirectoryName(pid: pid, started: 1, namespace: own.namespace + 1))
        let stranger = base.path + "/ambit-something-else"
        mkdir(stranger, 0o700)
        let link = base.path + "/ambit-\(pid)-1-\(own.namespace)-l-zzzzzz"
        symlink(stranger, link)
        let swept = TempDirectory.sweep(base.path)
        #expect(swept == TempDirectory.Swept(removed: 2, failures: []))
        #expect(!exists(dead) && !exists(reused))
        #expect(exists(living) && exists(elsewhere) && exists(stranger) && exists(link))
        #expect(TempDirectory.sweep("/does/not/exist") == TempDirectory.Swept())
    }

    @Test func namesAreReadAsTheyAreWritten() throws {
        let own = try #require(TempDirectoryName.own)
        #expect(TempDirectoryName(own.template(label: "a-b")) == own && !own.isOrphaned)
        for text in ["", "ambit", "ambit-1-2-3", "other-1-2-3-x-y", "ambit--1-2-3-x", "ambit-0-2-3-x-y"] {
            #expect(TempDirectoryName(text) == nil)
        }
    }
}

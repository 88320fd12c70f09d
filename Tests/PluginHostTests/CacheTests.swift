import Glibc
import Scopes
import Testing

@testable import PluginHost

private func contents(_ path: String) throws -> [UInt8] {
    guard let file = OpenFile(reading: path), let bytes = file.bytes(limit: 1 << 20) else { throw Unreadable() }
    return bytes
}

/// A file that a test needs is not there.
private struct Unreadable: Error {}

@Suite struct PluginCacheTests {
    /// What is in a cache.
    private struct Look {
        let folder: String

        var copies: [String] { OpenFile(reading: "\(folder)/copies")?.names()?.sorted() ?? [] }
        var known: [String] { OpenFile(reading: "\(folder)/known")?.names()?.sorted() ?? [] }
    }

    private func copy(_ path: String, _ cache: PluginCache, isWatched: Bool = true) throws(PluginError) -> PluginCopy {
        let source = try PluginSource(path: path, isWatched: isWatched)
        let listing = try PluginListing(source)
        try listing.checkTrust(path)
        return try cache.copy(source, listing)
    }

    private func failure(_ path: String, _ cache: PluginCache) -> String {
        do throws(PluginError) {
            let copy = try copy(path, cache)
            return "copied: \(copy.hash)"
        } catch {
            return error.description
        }
    }

    private func sha256sum(_ path: String) throws -> String {
        let out = Fixture.folder() + "/sum"
        try Fixture.shell("sha256sum '\(path)' > \(out)")
        return String(decoding: try contents(out).prefix(64), as: UTF8.self)
    }

    @Test func aCopyIsPrivateAndNamedByTheHashOfTheFile() throws {
        let (folder, fixture) = (Fixture.folder() + "/deep/cache", try Fixture())
        let copy = try copy(fixture.path, PluginCache(folder: folder))
        let expected = try sha256sum(fixture.path)
        #expect(copy.hash == expected)
        #expect(copy.library == "\(folder)/copies/\(copy.hash)/files/\(fixture.path.split(separator: "/").last ?? "")")
        #expect(try sha256sum(copy.library) == copy.hash)
        var facts = stat()
        #expect(lstat(folder, &facts) == 0 && facts.st_mode & 0o7777 == 0o700)
        #expect(lstat(copy.library, &facts) == 0 && facts.st_mode & 0o7777 == 0o400)
    }

    @Test func whatIsKnownIsNotCopiedAgainAndAChangeIsNoticed() throws {
        let (folder, fixture) = (Fixture.folder(), try Fixture())
        let first = try copy(fixture.path, PluginCache(folder: folder, settling: -1))
        let look = Look(folder: folder)
        #expect(look.known.count == 1 && look.copies == [first.hash])
        // Proof that a start hashes nothing: the known hash is believed.
        let again = try copy(fixture.path, PluginCache(folder: folder))
        #expect(again.library == first.library)
        try Fixture.shell("printf x >> '\(fixture.path)'")
        let changed = try copy(fixture.path, PluginCache(folder: folder))
        let expected = try sha256sum(fixture.path)
        #expect(changed.hash != first.hash && changed.hash == expected)
        #expect(look.copies.count == 2)
        // It was changed a moment ago: another change within the same tick of the clock could not be told from this one.
        #expect(look.known.count == 1)
    }

    @Test func aCopyThatWasTamperedWithIsMadeAgain() throws {
        let (folder, fixture) = (Fixture.folder(), try Fixture())
        let cache = PluginCache(folder: folder)
        let library: String
        do {
            let copy = try copy(fixture.path, cache)
            library = copy.library
        }
        try Fixture.shell("chmod u+w '\(library)' && printf x >> '\(library)'")
        let copy = try copy(fixture.path, cache)
        #expect(try sha256sum(copy.library) == copy.hash)
        try Fixture.shell("rm '\(folder)/copies/\(copy.hash)/record'")
        // In use, so it can't be replaced under its user; an unlocked one is.
        #expect(failure(fixture.path, PluginCache(folder: folder)).contains("is busy"))
    }

    @Test func theSameContentFromTwoFilesIsOneCopyAndServersShareACache() throws {
        let (folder, fixture) = (Fixture.folder(), try Fixture())
        let other = Fixture.folder() + "/other.so"
        try Fixture.shell("cp '\(fixture.path)' '\(other)'")
        let results = Lock<[String]>([])
        let ended = Latch()
        let missing = Lock(8)
        for number in 0..<8 {
            let path = number.isMultiple(of: 2) ? fixture.path : other
            let executor = ThreadExecutor(name: "copier", threads: 1)
            executor.post {
                let cache = PluginCache(folder: folder)
                let library: String
                do throws(PluginError) { library = try self.copy(path, cache).hash } catch { library = error.description }
                results.withLock { $0.append(library) }
                let isLast = missing.withLock {
                    $0 -= 1
                    return $0 == 0
                }
                if isLast { ended.open() }
                executor.stop()
            }
        }
        #expect(ended.wait(nanoseconds: 20_000_000_000))
        #expect(Set(results.withLock { $0 }).count == 1 && results.withLock { $0 }.first?.count == 64)
        #expect(Look(folder: folder).copies.count == 1)
    }

    @Test func whatIsOldIsRemovedButNotWhatIsInUse() throws {
        let folder = Fixture.folder()
        let cache = PluginCache(folder: folder)
        let used = try copy(try Fixture().path, cache)
        let unused = try copy(try Fixture().path, cache).hash
        // A server that died while it copied.
        try Fixture.shell("mkdir -p '\(folder)/copies/.new-dead/files' && touch '\(folder)/copies/.new-dead/files/x'")
        try Fixture.shell("touch -d '40 days ago' \(folder)/copies/*/lock '\(folder)/copies/.new-dead'")
        let last = try copy(try Fixture().path, cache)
        #expect(Look(folder: folder).copies == [used.hash, last.hash].sorted())
        #expect(!Look(folder: folder).copies.contains(unused))
    }

    @Test func fingerprintsOfCopiesThatAreGoneGoWithThem() throws {
        let (folder, fixture) = (Fixture.folder(), try Fixture())
        do { _ = try copy(fixture.path, PluginCache(folder: folder, settling: -1)) }
        #expect(Look(folder: folder).known.count == 1)
        try Fixture.shell("touch -d '40 days ago' \(folder)/copies/*/lock")
        _ = try copy(try Fixture().path, PluginCache(folder: folder))
        #expect(Look(folder: folder).known.isEmpty)
    }

    // MARK: - Folders

    private func part(_ folder: String, _ name: String = "libpart.so") throws {
        try Fixture.shell("echo 'int fixture_part(void) { return 7; }' | /usr/bin/cc -x c -shared -fPIC -o '\(folder)/\(name)' -")
    }

    @Test func inAFolderTheLibraryHasTheFoldersNameOrAloneExportsTheEntry() throws {
        let cache = PluginCache(folder: Fixture.folder())
        let fixture = try Fixture()
        let folder = Fixture.folder()
        try part(folder)
        try Fixture.shell("mkdir '\(folder)/data' && echo 1 > '\(folder)/data/x' && ln -s libpart.so '\(folder)/libpart.so.1'")
        #expect(failure(folder, cache).contains("no library in this folder exports ambit_plugin_entry"))
        try Fixture.shell("cp '\(fixture.path)' '\(folder)/any.so'")
        let alone = try copy(folder, cache)
        #expect(alone.library.hasSuffix("/files/any.so"))
        #expect(access(alone.library.dropLast(6) + "data/x", R_OK) == 0 && access(alone.library.dropLast(6) + "libpart.so.1", R_OK) == 0)
        try Fixture.shell("cp '\(fixture.path)' '\(folder)/more.so'")
        let two = failure(folder, cache)
        #expect(two.contains("several libraries") && two.contains("any.so, more.so"))
        let name = folder.split(separator: "/").last ?? ""
        try Fixture.shell("cp '\(fixture.path)' '\(folder)/lib\(name).so'")
        #expect(try copy(folder, cache).library.hasSuffix("/files/lib\(name).so"))
        try Fixture.shell("cp '\(fixture.path)' '\(folder)/\(name).so'")
        let both = try copy(folder, cache)
        #expect(both.library.hasSuffix("/files/\(name).so"))
        // Every file counts.
        try Fixture.shell("echo 2 > '\(folder)/data/x'")
        #expect(try copy(folder, cache).hash != both.hash)
    }

    @Test func aLinkOutOfTheFolderIsRefused() throws {
        let folder = Fixture.folder()
        try Fixture.shell("ln -s /etc/hostname '\(folder)/x'")
        #expect(failure(folder, PluginCache(folder: Fixture.folder())).contains("the link x leads to /etc/hostname"))
        try Fixture.shell("rm '\(folder)/x' && mkfifo '\(folder)/x'")
        #expect(failure(folder, PluginCache(folder: Fixture.folder())).contains("x is neither a file nor a folder"))
    }

    // MARK: - Trust

    @Test func whatOthersCouldChangeIsRefusedAndTheTextSaysHowToMendIt() throws {
        let cache = PluginCache(folder: Fixture.folder())
        let fixture = try Fixture()
        chmod(fixture.path, 0o666)
        #expect(
            failure(fixture.path, cache)
                == "\(fixture.path): others could change it: \(fixture.path) can be changed by everybody (mode 0666); chmod go-w '\(fixture.path)'"
        )
        chmod(fixture.path, 0o664)
        #expect(failure(fixture.path, cache).contains("by its group (mode 0664); chmod g-w"))
        chmod(fixture.path, 0o644)
        let folder = Fixture.folder()
        try Fixture.shell("cp '\(fixture.path)' '\(folder)/p.so' && mkdir '\(folder)/data' && chmod 777 '\(folder)/data'")
        #expect(failure(folder, cache).contains("\(folder)/data can be changed by everybody"))
        chmod("\(folder)/data", 0o700)
        #expect(failure(folder, cache).hasPrefix("copied"))
        chmod(folder, 0o777)
        #expect(failure("\(folder)/p.so", cache).contains("\(folder) can be changed by everybody (mode 0777)"))
        #expect(failure(folder, cache).contains("\(folder) can be changed by everybody (mode 0777)"))
        chmod(folder, 0o700)
        if geteuid() == 0 {
            chown(fixture.path, 12345, 0)
            #expect(failure(fixture.path, cache).contains("belongs to user 12345"))
        }
    }

    @Test func aCacheThatOthersCanReachIsNotUsed() throws {
        let (folder, fixture) = (Fixture.folder(), try Fixture())
        chmod(folder, 0o755)
        #expect(failure(fixture.path, PluginCache(folder: folder)).contains("is not private"))
        chmod(folder, 0o770)
        #expect(failure(fixture.path, PluginCache(folder: folder)).contains("can be changed by its group"))
        #expect(failure(fixture.path, PluginCache(folder: "/proc/nothing")).contains("can't be made"))
        chmod(folder, 0o700)
        #expect(failure(fixture.path, PluginCache(folder: folder)).hasPrefix("copied"))
    }
}

@Suite struct ELFSymbolsTests {
    @Test func itReadsWhatALibraryExportsAndNothingElse() throws {
        let fixture = try Fixture()
        let bytes = try contents(fixture.path)
        #expect(Set(ELFSymbols(bytes).exported ?? []) == ["ambit_plugin_entry", "fixture_get", "fixture_release"])
        #expect(ELFSymbols.isLibrary(bytes) && !ELFSymbols.isLibrary(Array("hello".utf8)))
    }

    @Test func aDamagedFileIsNotBelieved() throws {
        let fixture = try Fixture()
        let bytes = try contents(fixture.path)
        for size in stride(from: 0, to: bytes.count, by: 97) { _ = ELFSymbols(Array(bytes[..<size])).exported }
        var state: UInt64 = 20_261_124
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<8 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                damaged[Int(state >> 33) % (state & 1 == 0 ? 64 : damaged.count)] = UInt8(truncatingIfNeeded: state >> 20)
            }
            _ = ELFSymbols(damaged).exported
        }
    }
}

import CLinux
import Glibc
import Scopes
import Testing

@testable import Server

@Suite(.serialized) struct ControlFolderTests {
    /// A number that no process has.
    private static let dead: Int32 = 4_194_305

    private func listen(_ path: String) throws -> Int32 {
        var (device, inode): (UInt64, UInt64) = (0, 0)
        let descriptor = ambit_linux_listen_local(path, 1, &device, &inode)
        try #require(descriptor >= 0)
        return descriptor
    }

    private func problem(_ folder: ControlFolder) -> String {
        do throws(StartError) {
            try folder.prepare()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func whatDeadServersLeftIsRemovedAndNothingElse() throws {
        let folderHolder = try ControlTestFolder()
        defer { folderHolder.remove() }
        let folder = folderHolder.folder
        // A killed server's socket: nobody listens, no process has the number.
        close(try listen(folder.socket(of: Self.dead)))
        // One that lives, though its process can't be seen (another container).
        let foreign = try listen(folder.socket(of: Self.dead + 1))
        defer { close(foreign) }
        // One whose process lives and does not listen yet.
        close(try listen(folder.socket(of: getpid())))
        // No socket at all.
        close(open(folder.socket(of: Self.dead + 2), O_CREAT | O_WRONLY, 0o600))
        folder.sweep()
        #expect(folder.sockets().map(\.pid) == [getpid(), Self.dead + 1, Self.dead + 2])
    }

    @Test func aFolderIsMadePrivateAndOneThatIsNotIsRefused() throws {
        let outerHolder = try ControlTestFolder()
        defer { outerHolder.remove() }
        let outer = outerHolder.folder
        let inner = ControlFolder(path: "\(outer.path)/ambit")
        #expect(problem(inner) == "")
        var facts = ambit_linux_file_facts()
        #expect(ambit_linux_path_facts(inner.path, 0, &facts) == 0 && facts.mode == 0o700)
        chmod(inner.path, 0o755)
        #expect(problem(inner).contains("chmod 700"))
    }

    @Test func aFolderOfSomebodyElseALinkOrAFileIsRefused() throws {
        let folderHolder = try ControlTestFolder()
        defer { folderHolder.remove() }
        let folder = folderHolder.folder
        symlink("/tmp", "\(folder.path)/link")
        #expect(problem(ControlFolder(path: "\(folder.path)/link")).contains("is not a folder"))
        close(open("\(folder.path)/file", O_CREAT | O_WRONLY, 0o600))
        #expect(problem(ControlFolder(path: "\(folder.path)/file")).contains("is not a folder"))
        if geteuid() == 0 {
            chown(folder.path, 65534, 65534)
            #expect(problem(folder).contains("belongs to user 65534"))
        }
    }

    @Test func aPathThatIsTooLongIsOneClearLine() {
        #expect(problem(ControlFolder(path: "/tmp/" + String(repeating: "x", count: 100))).contains("too long for a socket"))
    }

    /// The first folder that can be used is taken, and a socket that lives is not.
    @Test func theNextFolderIsTriedAndALivingSocketIsNotTaken() async throws {
        let laxHolder = try ControlTestFolder()
        defer { laxHolder.remove() }
        let lax = laxHolder.folder
        chmod(lax.path, 0o755)
        let goodHolder = try ControlTestFolder()
        defer { goodHolder.remove() }
        let good = goodHolder.folder
        let first = try TestServer(plugin: false)
        first.ambit.startControl(in: [lax, good])
        #expect(lax.sockets().isEmpty)
        #expect(good.sockets().map(\.pid) == [getpid()])
        let second = try TestServer(plugin: false)
        second.ambit.startControl(in: [good])
        #expect(await second.stop().isClean)
        #expect(try ControlTestClient(good.socket(of: getpid())).send("x"))
        #expect(await first.stop().isClean)
        #expect(good.sockets().isEmpty)
    }
}

import CLinux
import Glibc
import Scopes
import Testing

@testable import Server

@Suite(.serialized) struct ControlFolderTests {
    /// A number that no process has.
    private static let dead: Int32 = 4_194_305

    @Test func whatDeadServersLeftIsRemovedAndNothingElse() throws {
        let folder = try ControlTestFolder()
        let path = folder.folder.path
        // A killed server's socket: nobody listens, no process has the number.
        let stale = ambit_linux_local_listen("\(path)/\(Self.dead).sock", 0o600, 1)
        try #require(stale >= 0)
        close(stale)
        // One that lives, though its process can't be seen (another container).
        let foreign = ambit_linux_local_listen("\(path)/\(Self.dead + 1).sock", 0o600, 1)
        try #require(foreign >= 0)
        defer { close(foreign) }
        // One whose process lives and does not listen yet.
        let starting = ambit_linux_local_listen("\(path)/\(getpid()).sock", 0o600, 1)
        try #require(starting >= 0)
        close(starting)
        // No socket at all.
        let file = open("\(path)/\(Self.dead + 2).sock", O_CREAT | O_WRONLY, 0o600)
        close(file)

        folder.folder.sweep()
        #expect(folder.folder.sockets().map(\.pid) == [getpid(), Self.dead + 1, Self.dead + 2])

        let own = try ControlSocket.open(in: [folder.folder])
        #expect(own.path == "\(path)/\(getpid()).sock")
        #expect(!ControlFolder.isDead(own.path))
        close(own.descriptor)
        #expect(ControlFolder.isDead(own.path))
    }

    @Test func theSocketOfALivingServerIsNotTaken() throws {
        let folder = try ControlTestFolder()
        let first = try ControlSocket.open(in: [folder.folder])
        defer { close(first.descriptor) }
        #expect {
            try ControlSocket.open(in: [folder.folder])
        } throws: {
            "\($0)".contains("another server listens on")
        }
        #expect(folder.folder.sockets().count == 1)
    }

    @Test func aFolderThatOthersCanEnterIsRefused() throws {
        let folder = try ControlTestFolder()
        chmod(folder.folder.path, 0o755)
        #expect {
            try ControlSocket.open(in: [folder.folder])
        } throws: {
            "\($0)".contains("chmod 700")
        }
        // The next one is taken.
        let other = try ControlTestFolder()
        let socket = try ControlSocket.open(in: [folder.folder, ControlFolder(path: other.folder.path + "/ambit")])
        #expect(socket.path.hasPrefix(other.folder.path + "/ambit/"))
        close(socket.descriptor)
    }

    @Test func aFolderOfSomebodyElseOrALinkIsRefused() throws {
        let folder = try ControlTestFolder()
        let link = folder.folder.path + "/link"
        symlink("/tmp", link)
        #expect(throws: StartError.self) { try ControlSocket.open(in: [ControlFolder(path: link)]) }
        if geteuid() == 0 {
            chown(folder.folder.path, 65534, 65534)
            #expect {
                try ControlSocket.open(in: [folder.folder])
            } throws: {
                "\($0)".contains("belongs to user 65534")
            }
        }
    }

    @Test func aPathThatIsTooLongIsOneClearLine() {
        #expect {
            try ControlSocket.open(in: [ControlFolder(path: "/tmp/" + String(repeating: "x", count: 100))])
        } throws: {
            "\($0)".contains("too long for a socket")
        }
    }
}

import CLinux
import Glibc

/// A socket that listens under its server's process id: `<pid>.sock`, mode 0600. The listener that it is handed to owns both.
struct ControlSocket {
    let descriptor: Int32
    let path: String

    /// In the first folder that can be used. Throws why the last could not.
    static func open(in folders: [ControlFolder] = ControlFolder.all) throws(StartError) -> ControlSocket {
        var failure = StartError("there is no folder for it")
        for folder in folders {
            do throws(StartError) {
                try folder.prepare()
                folder.sweep()
                return try open(in: folder)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func open(in folder: ControlFolder) throws(StartError) -> ControlSocket {
        let path = "\(folder.path)/\(getpid()).sock"
        // It listens before it has its name: whoever finds the name can connect.
        let hidden = "\(folder.path)/.\(getpid())"
        unlink(hidden)
        let descriptor = ambit_linux_local_listen(hidden, 0o600, 128)
        guard descriptor >= 0 else { throw StartError("can't listen on \(path): \(ControlFolder.text(-descriptor))") }
        defer { unlink(hidden) }
        // What an earlier process of this number left; never a socket that lives (another container may share the folder).
        if link(hidden, path) == 0 || (errno == EEXIST && ControlFolder.isDead(path) && rename(hidden, path) == 0) {
            return ControlSocket(descriptor: descriptor, path: path)
        }
        let code = errno
        _ = ambit_linux_close(descriptor)
        throw StartError(
            code == EEXIST ? "another server listens on \(path)" : "can't listen on \(path): \(ControlFolder.text(code))")
    }
}

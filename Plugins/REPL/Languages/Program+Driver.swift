internal import AmbitPlugin
private import Glibc

/// How the program is started with its driver, and spoken to.
///
/// A driver reads requests from its input and writes its answers to descriptor 3; each is a line with the number of bytes, then so many
/// bytes of JSON. What evaluated code has as input, output and error is apart from them. After all output of an evaluation the driver
/// writes a mark to both outputs (`MarkScanner`), then the answer.
extension Program {
    ///
    /// - Parameter profile: a folder of its own, for a browser.
    func arguments(profile: String) -> [String] {
        if let attachment { return [path, "-c", BrowserRelay.source, "relay", "\(attachment.port)"] }
        return switch language {
        case .python: [path, "-c", PythonDriver.start]
        // Descriptor 4: what Node.js has as input can't be taken from it later. The checks are of its asynchronous stacks, for debugging; an
        // interrupted timer would end the process by them.
        case .node: ["/bin/sh", "-c", #"exec "$0" --no-force-async-hooks-checks -e "$1" 4<&0 </dev/null"#, path, NodeDriver.start]
        case .shell: isBash ? [path, "--noprofile", "--norc", "--noediting", "-i"] : [path, "-i"]
        case .browser:
            // Commands come on 3 and answers go to 4; no port is opened that others could reach.
            ["/bin/sh", "-c", #"exec "$@" 4>&3 3<&0 </dev/null"#, "sh", path] + Self.browserOptions
                + ["--user-data-dir=\(profile)"] + (geteuid() == 0 ? ["--no-sandbox"] : []) + ["about:blank"]
        }
    }

    private static let browserOptions = [
        "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
        "--password-store=basic", "--window-size=1280,800",
    ]

    /// What is added to the environment that was asked for.
    var driverEnvironment: [String] { language == .shell ? ["PS1=", "PS2=", "ENV=", "HISTFILE="] : [] }

    /// The first thing that it reads: the driver. Given as an argument it would fill everybody's list of processes.
    var greeting: [UInt8] {
        switch language {
        case .python: Frame.bytes(PythonDriver.source)
        case .node: Frame.bytes(NodeDriver.source)
        case .shell: Array(ShellDriver.source.utf8)
        case .browser: []
        }
    }

    func request(id: String, code: String, limit: Int) -> [UInt8] {
        language == .shell
            ? Array(ShellDriver.request(id: id, code: code).utf8)
            : Frame.bytes(["id": .string(id), "code": .string(code), "limit": JSON(limit)])
    }

    private var isBash: Bool { path.split(separator: "/").last?.hasPrefix("bash") ?? false }
}

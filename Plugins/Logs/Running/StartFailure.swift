private import Glibc

/// Why a program could not be started, in words that say what to mend.
enum StartFailure {
    static func text(_ launch: Launch, errno code: Int32, detail: String) -> String {
        // What was asked for may be megabytes.
        let display = brief(launch.display)
        let program = brief(launch.arguments.first ?? "")
        if let directory = launch.directory, let problem = problem(ofDirectory: directory) {
            return "\(display) was not started: \(problem)."
        }
        let why =
            switch code {
            case ENOENT where program.contains("/"): "no such program: \(program) (or the interpreter that its first line names)"
            case ENOENT: "no such program in PATH: \(program)"
            case EACCES, EPERM: "permission denied: \(program) is not an executable file, or may not be run"
            case ENOTDIR: "a part of the path \(program) is not a directory"
            case ENOEXEC: "\(program) is neither a program for this machine nor a script with a #! line"
            case E2BIG: "arguments and environment are too long together"
            case EAGAIN, ENOMEM: "the system has no room for another process (\(message(code)))"
            case 0: detail
            default: "\(program): \(message(code))"
            }
        return "\(display) was not started: \(why)."
    }

    private static func brief(_ text: String) -> String {
        text.utf8.count <= 400 ? text : String(text.unicodeScalars.prefix(360)) + "…"
    }

    private static func problem(ofDirectory directory: String) -> String? {
        var status = stat()
        if stat(directory, &status) != 0 {
            return errno == ENOENT ? "no such directory: \(directory)" : "the directory \(directory) can't be used: \(message(errno))"
        }
        if status.st_mode & S_IFMT != S_IFDIR { return "\"cwd\" is not a directory: \(directory)" }
        return access(directory, X_OK) == 0 ? nil : "permission denied for the directory \(directory)"
    }

    private static func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}

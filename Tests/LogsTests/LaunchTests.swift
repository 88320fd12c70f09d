import AmbitPlugin
import Glibc
import Testing

@testable import Logs

@Suite struct LaunchTests {
    private func launch(
        command: String? = nil, argv: [String]? = nil, cwd: String? = nil, env: [(name: String, value: String)] = [], name: String? = nil
    ) throws -> Launch {
        try Launch(command: command, argv: argv, directory: cwd, environment: env, name: name)
    }

    @Test func aCommandGoesToTheShell() throws {
        let launch = try launch(command: "npm run dev | tee log", env: [("A", "1"), ("B", "x=y")])
        #expect(launch.arguments == ["/bin/sh", "-c", "npm run dev | tee log"])
        #expect(launch.display == "npm run dev | tee log" && launch.name == "npm")
        #expect(launch.environment == ["A=1", "B=x=y"])
    }

    @Test func argumentsGoAsTheyAre() throws {
        let launch = try launch(argv: ["/usr/bin/printf", "%s", "it's", ""], name: "  ")
        #expect(launch.arguments == ["/usr/bin/printf", "%s", "it's", ""])
        #expect(launch.display == #"/usr/bin/printf %s 'it'\''s' ''"#)
        #expect(launch.name == "printf")
    }

    @Test(arguments: [
        ("PORT=1 node server.js", "node"), ("./gradlew build", "gradlew"), ("A=1", "A=1"), ("  make  ", "make"),
    ])
    func theNameIsTheProgram(command: String, name: String) throws {
        #expect(try launch(command: command).name == name)
        #expect(try launch(command: command, name: "shop").name == "shop")
    }

    @Test func aFailureToStartQuotesNoMegabytes() throws {
        let long = try launch(argv: [String(repeating: "x", count: 1 << 20)])
        for code in [ENOENT, E2BIG, EIO] { #expect(StartFailure.text(long, errno: code, detail: "").utf8.count < 1200) }
    }

    @Test func whatCannotBeRunSaysWhy() {
        func message(_ body: () throws -> Launch) -> String {
            do { return "ran: \(try body())" } catch { return "\(error)" }
        }
        #expect(message { try launch() }.contains("give \"command\""))
        #expect(message { try launch(command: "a", argv: ["a"]) }.contains("Both \"command\" and \"argv\""))
        #expect(message { try launch(command: " \n") }.contains("\"command\" is empty"))
        #expect(message { try launch(argv: []) }.contains("\"argv\" is empty"))
        #expect(message { try launch(argv: [""]) }.contains("\"argv\" is empty"))
        #expect(message { try launch(argv: ["a\0b"]) }.contains("zero byte"))
        #expect(message { try launch(argv: ["a"], cwd: "") }.contains("\"cwd\""))
        #expect(message { try launch(argv: ["a"], env: [("A=B", "")]) }.contains("A=B"))
        #expect(message { try launch(argv: ["a"], env: [("", "")]) }.contains("\"env\""))
    }

    @Test func aFailedStartNamesWhatIsMissing() throws {
        let program = try launch(argv: ["/no/such/program"])
        #expect(StartFailure.text(program, errno: 2, detail: "").contains("no such program: /no/such/program"))
        #expect(StartFailure.text(try launch(argv: ["nosuch"]), errno: 2, detail: "").contains("no such program in PATH: nosuch"))
        #expect(StartFailure.text(program, errno: 13, detail: "").contains("permission denied"))
        let folder = try launch(argv: ["true"], cwd: "/no/such/folder")
        #expect(StartFailure.text(folder, errno: 2, detail: "").contains("no such directory: /no/such/folder"))
        let file = try launch(argv: ["true"], cwd: "/etc/passwd")
        #expect(StartFailure.text(file, errno: 20, detail: "").contains("not a directory: /etc/passwd"))
        let fine = try launch(argv: ["nosuch"], cwd: "/")
        #expect(StartFailure.text(fine, errno: 2, detail: "").contains("no such program in PATH"))
    }
}

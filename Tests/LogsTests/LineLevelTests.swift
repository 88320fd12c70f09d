import Testing

@testable import Logs

@Suite struct LineLevelTests {
    static func level(_ line: String) -> LineLevel? {
        var line = line
        return line.withUTF8 { bytes in
            LineLevel.of(LineView(cursor: 1, stream: .stderr, time: 0, bytes: UnsafeRawBufferPointer(bytes)))
        }
    }

    @Test(
        arguments: [
            (#"{"level":"warn","msg":"x"}"#, .warning), (#"{"time":"…","severity": "ERROR"}"#, .error),
            (#"{"level":50,"msg":"x"}"#, .error),
            (#"{"msg":"\"level\" is said later","level":"debug"}"#, .debug), (#"{"@level":"info"}"#, .info), (#"{"msg":"ERROR"}"#, nil),
            (#"time=2026-11-30T12:00:00Z level=warn msg="an ERROR""#, .warning), (#"ts=1 lvl="error" msg=x"#, .error),
            ("a level=5 b", nil), ("sealevel=high ERROR", .error),
        ] as [(String, LineLevel?)])
    func recordsSayIt(line: String, expected: LineLevel?) { #expect(Self.level(line) == expected) }

    @Test(
        arguments: [
            ("2026-11-30 12:00:00,123 - app.db - ERROR - it broke", .error), ("[2026-11-30T12:00:00Z] [info] started", .info),
            ("12:00:00.123 [main] WARN  c.e.App - slow", .warning), ("WARNING:root:careful", .warning), ("DEBUG: x=1", .debug),
            ("main.c:3:5: warning: unused variable 'x' [-Wunused-variable]", .warning), ("main.c:3:5: error: expected ';'", .error),
            ("error[E0308]: mismatched types", .error), ("warning: unused import", .warning), ("npm ERR! code 1", .error),
            ("npm WARN deprecated x", .warning), ("E1130 12:00:00.000123 7 main.cc:5] bad", .error), ("W/Tag: careful", .warning),
            ("FATAL: password authentication failed", .fatal), ("<warning> x", .warning),
            ("panic: runtime error: index out of range", .fatal),
            ("Server listening on port 80", nil), ("there was an error", nil), ("0 errors, 0 warnings", nil),
            ("error-prone.js is fine", nil),
            ("GET /error HTTP/1.1", nil), ("an information: none", .info), ("", nil), ("   ", nil), ("ERRORS", nil), ("[x] ERROR", .error),
        ] as [(String, LineLevel?)])
    func wordsOfLoggersSayIt(line: String, expected: LineLevel?) { #expect(Self.level(line) == expected) }

    @Test(
        arguments: [
            ("\u{1B}[31mit broke\u{1B}[0m", .error), ("\u{1B}[1m\u{1B}[91mit broke", .error), ("\u{1B}[1;33mcareful", .warning),
            ("\u{1B}[32mfine", nil), ("\u{1B}[38;5;31mblue", nil), ("fine \u{1B}[31mred", nil), ("\u{1B}[31mINFO\u{1B}[0m x", .info),
        ] as [(String, LineLevel?)])
    func coloursSayItWhereNothingElseDoes(line: String, expected: LineLevel?) { #expect(Self.level(line) == expected) }
}

internal import AmbitPlugin

extension REPLPlugin {
    var replPage: Tool {
        Tool(
            "repl_page",
            """
            Goes to a page in a browser (headless Chromium, with a profile of its own) and answers when it is loaded, or says why it can't \
            be; shows it as an image. Opens the browser where none is open. Console messages, exceptions and failed requests of the page \
            come as output. repl_eval with language "browser" evaluates JavaScript in the same page.
            """,
            .string("url", "Where to go, such as http://localhost:5173/. Default: stay.").optional,
            .choice("picture", "Show the visible part of the page, or the whole of it.", Work.Picture.self).optional,
            .number("timeoutSeconds", "It is given up after this long.", default: 30, in: 0.01...3600),
            .string("repl", "The name of an open browser, where a session has several.").optional,
            .session(idle: .seconds(4 * 3600)),
            title: "Show a page", annotations: Annotations(readOnly: false, destructive: false, idempotent: false, openWorld: true),
            output: Self.evalOutput, idleLimit: .none, totalLimit: .none
        ) { [self] call, url, picture, seconds, repl, session in
            let opened = try interpreter(repl, .browser, in: session)
            return try await evaluate(call, .page(url: url, picture: picture), in: opened, seconds, 16 << 10)
        }
    }
}

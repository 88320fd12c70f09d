import AmbitPlugin
import Testing

@testable import REPL

/// A browser at the other end, as far as a test needs one.
private struct Peer {
    var state = BrowserState()
    var sent: [(id: Int64, method: String)] = []
    private(set) var others: [BrowserStep] = []

    mutating func take(_ steps: [BrowserStep]) {
        for step in steps {
            if case .send(let message) = step, case .int(let id)? = message["id"] {
                sent.append((id, message["method"]?.string ?? ""))
            } else {
                others.append(step)
            }
        }
    }

    /// Answers the oldest command of a method that has no answer yet.
    mutating func answer(_ method: String, _ result: JSON?, error: String? = nil) {
        guard let index = sent.firstIndex(where: { $0.method == method }) else {
            Issue.record("\(method) was not sent")
            return
        }
        let id = sent.remove(at: index).id
        take(state.receive(.object(["id": .int(id), "result": result, "error": error.map { ["message": .string($0)] }])))
    }

    mutating func tell(_ method: String, _ parameters: JSON, session: String = "S") {
        take(state.receive(["method": .string(method), "params": parameters, "sessionId": .string(session)]))
    }

    mutating func steps() -> [BrowserStep] {
        defer { others = [] }
        return others
    }

    static func ready() -> Peer {
        var peer = Peer()
        peer.take(peer.state.start())
        peer.answer("Browser.getVersion", ["product": "Chrome/1"])
        peer.answer("Target.getTargets", ["targetInfos": [["type": "worker", "targetId": "W"], ["type": "page", "targetId": "P"]]])
        peer.answer("Target.attachToTarget", ["sessionId": "S"])
        for method in ["Runtime.enable", "Page.enable", "Network.enable"] { peer.answer(method, [:]) }
        let steps = peer.steps()
        #expect(steps == [.ready("Chrome/1")])
        return peer
    }
}

struct BrowserStateTests {
    @Test func codeIsEvaluatedAndItsValueDescribed() {
        var peer = Peer.ready()
        peer.take(peer.state.begin("a", .code("x"), limit: 100))
        peer.answer("Runtime.evaluate", ["result": ["type": "object", "className": "Thing", "objectId": "1", "description": "Thing"]])
        peer.answer("Runtime.callFunctionOn", ["result": ["value": ["repr": "{}", "type": "Thing", "json": [:]]]])
        let object = peer.steps()
        #expect(object == [.answer(id: "a", ["value": ["repr": "{}", "type": "Thing", "json": [:]], "id": "a"])])
        peer.take(peer.state.begin("b", .code("6"), limit: 100))
        peer.answer("Runtime.evaluate", ["result": ["type": "number", "value": 6, "description": "6"]])
        let number = peer.steps()
        #expect(number == [.answer(id: "b", ["value": ["repr": "6", "type": "number", "json": 6], "id": "b"])])
    }

    @Test func whatFailsIsAnException() {
        var peer = Peer.ready()
        let details: JSON = [
            "text": "Uncaught",
            "exception": ["type": "object", "subtype": "error", "className": "TypeError", "description": "TypeError: bad\n    at x:1:1"],
        ]
        peer.take(peer.state.begin("a", .code("x"), limit: 100))
        peer.answer("Runtime.evaluate", ["result": ["type": "object"], "exceptionDetails": details])
        peer.take(peer.state.begin("b", .code("location = '/'"), limit: 100))
        peer.answer("Runtime.evaluate", nil, error: "Inspected target navigated or closed")
        let steps = peer.steps()
        #expect(
            steps == [
                .answer(
                    id: "a",
                    [
                        "exception": ["type": "TypeError", "message": "bad", "traceback": "TypeError: bad\n    at x:1:1"], "id": "a",
                    ]),
                .answer(
                    id: "b",
                    [
                        "exception": BrowserText.exception("Navigated", "the page was left (Inspected target navigated or closed)"),
                        "id": "b",
                    ]),
            ])
    }

    @Test func aPageIsShownOnceItIsLoaded() {
        var peer = Peer.ready()
        peer.take(peer.state.begin("a", .page(url: "http://x/", picture: .visible), limit: 100))
        peer.answer("Page.navigate", ["frameId": "F", "loaderId": "L"])
        #expect(!peer.sent.contains { $0.method == "Page.captureScreenshot" })
        peer.tell("Page.loadEventFired", [:], session: "other")
        #expect(!peer.sent.contains { $0.method == "Page.captureScreenshot" })
        peer.tell("Page.loadEventFired", [:])
        peer.answer("Page.captureScreenshot", ["data": "AA=="])
        peer.answer("Runtime.evaluate", ["result": ["value": ["url": "http://x/", "title": "X"]]])
        let steps = peer.steps()
        #expect(
            steps == [
                .answer(
                    id: "a",
                    [
                        "value": ["repr": "http://x/\nX", "type": "page", "json": ["url": "http://x/", "title": "X"]], "id": "a",
                        "images": [["mimeType": "image/png", "data": "AA=="]],
                    ])
            ])
        peer.take(peer.state.begin("b", .page(url: "nonsense", picture: nil), limit: 100))
        peer.answer("Page.navigate", ["frameId": "F", "errorText": "net::ERR_X"])
        let failed = peer.steps()
        #expect(failed == [.answer(id: "b", ["exception": BrowserText.exception("NavigationError", "net::ERR_X"), "id": "b"])])
    }

    @Test func anInterruptAnswersForCodeThatOnlyWaits() {
        var peer = Peer.ready()
        peer.take(peer.state.begin("a", .code("await forever"), limit: 100))
        let none = peer.state.interrupt("other")
        #expect(none.isEmpty)
        peer.take(peer.state.interrupt("a"))
        peer.answer("Runtime.terminateExecution", [:])
        let evaluation = peer.sent.removeFirst()  // it has no answer
        peer.answer("Runtime.evaluate", nil, error: "Execution was terminated")
        peer.answer("Runtime.evaluate", ["result": ["type": "number", "value": 0]])
        let before = peer.steps()
        peer.answer("Runtime.evaluate", ["result": ["type": "number", "value": 0]])
        let after = peer.steps()
        #expect(before.isEmpty && after.count == 1)
        peer.take(peer.state.receive(["id": .int(evaluation.id), "result": ["result": ["type": "number", "value": 1]]]))
        let late = peer.steps()
        #expect(late.isEmpty, "answered once")
    }

    @Test func whatThePageTellsIsOutput() {
        var peer = Peer.ready()
        let object: JSON = [
            "type": "object", "description": "Object",
            "preview": [
                "overflow": true,
                "properties": [
                    ["name": "a", "type": "number", "value": "1"], ["name": "b", "type": "string", "value": "x"],
                ],
            ],
        ]
        peer.tell("Runtime.consoleAPICalled", ["type": "log", "args": [["type": "string", "value": "hi"], object]])
        peer.tell("Runtime.consoleAPICalled", ["type": "error", "args": [["type": "number", "value": 5]]])
        peer.tell("Runtime.consoleAPICalled", ["type": "log", "args": [["type": "string", "value": "not ours"]]], session: "other")
        peer.tell("Network.requestWillBeSent", ["requestId": "1", "request": ["method": "POST", "url": "http://x/y"]])
        peer.tell("Network.loadingFailed", ["requestId": "1", "errorText": "net::ERR_X", "canceled": false])
        peer.tell("Network.loadingFailed", ["requestId": "1", "errorText": "net::ERR_ABORTED", "canceled": true])
        peer.tell(
            "Network.responseReceived", ["requestId": "2", "response": ["url": "http://x/z", "status": 404, "statusText": "Not Found"]])
        peer.tell("Network.responseReceived", ["requestId": "2", "response": ["url": "http://x/z", "status": 200]])
        let steps = peer.steps()
        #expect(
            steps == [
                .output(.stdout, "hi {a: 1, b: \"x\", …}"), .output(.stderr, "5"), .output(.stderr, "POST http://x/y: net::ERR_X"),
                .output(.stderr, "GET http://x/z: 404 Not Found"),
            ])
    }

    @Test func dialogsAreDismissedAndAPageThatGoesEndsIt() {
        var peer = Peer.ready()
        peer.tell("Page.javascriptDialogOpening", ["type": "alert", "message": "now"])
        #expect(peer.sent.contains { $0.method == "Page.handleJavaScriptDialog" })
        peer.tell("Inspector.targetCrashed", [:])
        peer.take(peer.state.receive(["method": "Target.detachedFromTarget", "params": ["sessionId": "S"]]))
        let steps = peer.steps()
        #expect(steps == [.output(.stdout, "alert: now"), .end("its page has crashed"), .end("its page was closed")])
    }

    @Test func messagesEndWithAZeroByte() {
        var reader = MessageReader()
        var found: [String] = []
        for chunk in ["{}\0{\"a\"", ":1}", "\0\0x"] {
            reader.append(Array(chunk.utf8))
            while let message = reader.next() { found.append(String(decoding: message, as: UTF8.self)) }
        }
        #expect(found == ["{}", "{\"a\":1}", ""] && !reader.isBroken)
    }
}

internal import AmbitPlugin

/// One page of a browser, over its DevTools protocol. A pure value: messages in, steps out.
struct BrowserState: Sendable {
    /// What a command was sent for.
    private enum Purpose: Sendable {
        case version
        case targets
        /// A place apart from the person's own, which goes with the connection.
        case context
        case page
        case attach
        case enable(isLast: Bool)
        case evaluate(String)
        case describe(String, fallback: JSON)
        case navigate(String)
        case picture(String)
        case place(String)
        /// Behind an interrupt: once it is answered, code that only waits is left to its promise.
        case settle(String)
        case nothing
    }

    /// What is under way.
    private struct Current: Sendable {
        let id: String
        let work: Work
        let limit: Int
        /// It waits for its page to be loaded.
        var isLoading = false
        var images: [JSON] = []
    }

    private let attachment: Program.Attachment?
    private var pending: [Int64: Purpose] = [:]
    private var last: Int64 = 0
    private var session: String?
    private var version = ""
    private var task: Current?
    /// Method and address of what the page has asked the network for, the latest.
    private var requests: [String: String] = [:]
    private var order: [String] = []

    private static let longestOrder = 512

    init(_ attachment: Program.Attachment? = nil) { self.attachment = attachment }

    /// The first thing to say.
    mutating func start() -> [BrowserStep] { [command("Browser.getVersion", [:], .version)] }

    mutating func begin(_ id: String, _ work: Work, limit: Int) -> [BrowserStep] {
        task = Current(id: id, work: work, limit: limit)
        switch work {
        case .code(let code): return [evaluate(code, .evaluate(id), repl: true)]
        case .page(let url?, _): return [command("Page.navigate", ["url": .string(url)], .navigate(id))]
        case .page(nil, _): return show(id)
        }
    }

    /// What runs is terminated. Where nothing runs, the first of the commands behind that is what is terminated.
    mutating func interrupt(_ id: String) -> [BrowserStep] {
        guard let task, task.id == id else { return [] }
        var steps: [BrowserStep] = []
        if case .page = task.work { steps.append(command("Page.stopLoading", [:], .nothing)) }
        return steps + [
            command("Runtime.terminateExecution", [:], .nothing), evaluate("0", .nothing), evaluate("0", .nothing),
            evaluate("0", .settle(id)),
        ]
    }

    mutating func receive(_ message: JSON) -> [BrowserStep] {
        if case .int(let number)? = message["id"] {
            guard let purpose = pending.removeValue(forKey: number) else { return [] }
            return answered(purpose, message["result"], failure: message["error"]?["message"]?.string)
        }
        guard let method = message["method"]?.string, let parameters = message["params"] else { return [] }
        if method == "Target.detachedFromTarget", parameters["sessionId"]?.string == session { return [.end("its page was closed")] }
        guard message["sessionId"]?.string == session else { return [] }
        return happened(method, parameters)
    }

    // MARK: - Answers

    private mutating func answered(_ purpose: Purpose, _ result: JSON?, failure: String?) -> [BrowserStep] {
        switch purpose {
        case .version:
            version = result?["product"]?.string ?? "a browser"
            guard let attachment, attachment.page == nil else { return [command("Target.getTargets", [:], .targets)] }
            return [command("Target.createBrowserContext", ["disposeOnDetach": true], .context)]
        case .context:
            guard let context = result?["browserContextId"] else { return [.end("it opens no page: \(failure ?? "no answer")")] }
            return [command("Target.createTarget", ["url": "about:blank", "browserContextId": context], .page)]
        case .page:
            guard let page = result?["targetId"] else { return [.end("it opens no page: \(failure ?? "no answer")")] }
            return [attach(page)]
        case .targets: return chosen((result?["targetInfos"]?.array ?? []).filter { $0["type"]?.string == "page" })
        case .attach:
            guard let id = result?["sessionId"]?.string else { return [.end("its page can't be attached to: \(failure ?? "no answer")")] }
            session = id
            return ["Runtime.enable", "Page.enable", "Network.enable"].map { command($0, [:], .enable(isLast: $0 == "Network.enable")) }
        case .enable(let isLast): return isLast ? [.ready(version)] : []
        case .evaluate(let id): return evaluated(id, result, failure)
        case .describe(let id, let fallback):
            let value = result?["exceptionDetails"] == nil ? result?["result"]?["value"] ?? fallback : fallback
            return finish(id, ["value": value])
        case .navigate(let id): return navigated(id, result, failure)
        case .picture(let id):
            guard let data = result?["data"] else { return finish(id, failed(failure)) }
            task?.images = [["mimeType": "image/png", "data": data]]
            return [place(id)]
        case .place(let id):
            let place = result?["result"]?["value"] ?? .null
            let readable = "\(place["url"]?.string ?? "")\n\(place["title"]?.string ?? "")"
            return finish(id, ["value": ["repr": .string(readable), "type": "page", "json": place]])
        case .settle(let id): return finish(id, Self.interrupted)
        case .nothing: return []
        }
    }

    /// The page that was asked for, and no other.
    private mutating func chosen(_ pages: [JSON]) -> [BrowserStep] {
        func text(_ page: JSON) -> String { "\(page["title"]?.string ?? "") \(page["url"]?.string ?? "")" }
        guard let wanted = attachment?.page else {
            guard let page = pages.first?["targetId"] else { return [.end("it has no page")] }
            return [attach(page)]
        }
        let found = pages.filter { $0["targetId"]?.string == wanted || text($0).lowercased().contains(wanted.lowercased()) }
        guard found.count == 1, let page = found.first?["targetId"] else {
            let known = (found.isEmpty ? pages : found).prefix(10).map { "\n  \($0["targetId"]?.string ?? "") \(text($0))" }.joined()
            return [.end("\(found.isEmpty ? "no page" : "\(found.count) pages") of it match \(JSON.string(wanted).text); it has:\(known)")]
        }
        return [attach(page)]
    }

    private mutating func attach(_ page: JSON) -> BrowserStep {
        command("Target.attachToTarget", ["targetId": page, "flatten": true], .attach)
    }

    private mutating func evaluated(_ id: String, _ result: JSON?, _ failure: String?) -> [BrowserStep] {
        guard let task, task.id == id else { return [] }
        guard let result else { return finish(id, failed(failure)) }
        if let details = result["exceptionDetails"] { return finish(id, ["exception": BrowserText.exception(details, limit: task.limit)]) }
        guard let remote = result["result"], remote["type"]?.string != "undefined" else { return finish(id, [:]) }
        let text = BrowserText.value(remote)
        let isText = remote["type"]?.string == "string"
        let type = remote["className"]?.string ?? remote["subtype"]?.string ?? remote["type"]?.string ?? ""
        var described: JSON = [
            "repr": .string(String((isText ? JSON.string(text).text : text).prefix(task.limit))), "type": .string(type),
            "json": remote["value"] ?? ["$type": .string(type), "repr": .string(String(text.prefix(200)))],
        ]
        guard let object = remote["objectId"] else {
            if isText, text.count > task.limit { described["omittedCharacters"] = JSON(text.count + 2 - task.limit) }
            return finish(id, ["value": described])
        }
        let parameters: JSON = [
            "functionDeclaration": .string(PageScript.describe), "objectId": object, "arguments": [["value": JSON(task.limit)]],
            "returnByValue": true, "silent": true,
        ]
        return [command("Runtime.callFunctionOn", parameters, .describe(id, fallback: described))]
    }

    private mutating func navigated(_ id: String, _ result: JSON?, _ failure: String?) -> [BrowserStep] {
        guard task?.id == id else { return [] }
        if let why = failure ?? result?["errorText"]?.string {
            return finish(id, ["exception": BrowserText.exception("NavigationError", why)])
        }
        // Within a document nothing is loaded.
        guard result?["loaderId"] != nil else { return show(id) }
        task?.isLoading = true
        return []
    }

    private mutating func show(_ id: String) -> [BrowserStep] {
        guard case .page(_, let picture?)? = task?.work else { return [place(id)] }
        return [
            command("Page.captureScreenshot", ["format": "png", "captureBeyondViewport": .bool(picture == .whole)], .picture(id))
        ]
    }

    private mutating func finish(_ id: String, _ answer: JSON) -> [BrowserStep] {
        guard let task, task.id == id else { return [] }
        var answer = answer
        answer["id"] = .string(id)
        if !task.images.isEmpty { answer["images"] = JSON(task.images) }
        self.task = nil
        return [
            .answer(id: id, answer), command("Runtime.releaseObjectGroup", ["objectGroup": "ambit"], .nothing),
            command("Runtime.discardConsoleEntries", [:], .nothing),
        ]
    }

    private static let interrupted: JSON = ["exception": BrowserText.exception("Interrupted", "the evaluation was interrupted")]

    private func failed(_ failure: String?) -> JSON {
        guard let failure else { return ["exception": BrowserText.exception("Error", "the browser gave no result")] }
        if failure.contains("terminated") { return Self.interrupted }
        // The code has left its own page, or something else has.
        let isGone = ["navigated", "context", "collected"].contains { failure.contains($0) }
        return ["exception": BrowserText.exception(isGone ? "Navigated" : "Error", isGone ? "the page was left (\(failure))" : failure)]
    }

    // MARK: - Events

    private mutating func happened(_ method: String, _ parameters: JSON) -> [BrowserStep] {
        switch method {
        case "Runtime.consoleAPICalled":
            let isError = ["error", "warning", "assert"].contains(parameters["type"]?.string ?? "")
            return [.output(isError ? .stderr : .stdout, BrowserText.console(parameters["args"]?.array ?? []))]
        case "Runtime.exceptionThrown":
            let exception = BrowserText.exception(parameters["exceptionDetails"] ?? .null, limit: 4096)
            return [.output(.stderr, "Uncaught \(exception["traceback"]?.string ?? "")")]
        case "Page.loadEventFired":
            guard let task, task.isLoading else { return [] }
            self.task?.isLoading = false
            return show(task.id)
        case "Page.javascriptDialogOpening":
            // Nobody is there to answer it, and the page would wait.
            let text = "\(parameters["type"]?.string ?? "dialog"): \(parameters["message"]?.string ?? "")"
            return [.output(.stdout, text), command("Page.handleJavaScriptDialog", ["accept": false], .nothing)]
        case "Inspector.targetCrashed": return [.end("its page has crashed")]
        default: return network(method, parameters)
        }
    }

    private mutating func network(_ method: String, _ parameters: JSON) -> [BrowserStep] {
        guard let id = parameters["requestId"]?.string else { return [] }
        switch method {
        case "Network.requestWillBeSent":
            if requests.updateValue(Self.title(parameters["request"]), forKey: id) == nil { order.append(id) }
            if order.count > Self.longestOrder { requests.removeValue(forKey: order.removeFirst()) }
        case "Network.responseReceived":
            let response = parameters["response"]
            guard case .int(let status)? = response?["status"], status >= 400 else { return [] }
            return [.output(.stderr, "\(requests[id] ?? Self.title(response)): \(status) \(response?["statusText"]?.string ?? "")")]
        case "Network.loadingFailed" where parameters["canceled"] != true:
            return [.output(.stderr, "\(requests[id] ?? "a request"): \(parameters["errorText"]?.string ?? "failed")")]
        default: break
        }
        return []
    }

    /// "GET http://…"
    private static func title(_ request: JSON?) -> String {
        "\(request?["method"]?.string ?? "GET") \(String((request?["url"]?.string ?? "").prefix(500)))"
    }

    // MARK: - Commands

    private mutating func place(_ id: String) -> BrowserStep {
        let parameters: JSON = ["expression": .string(PageScript.place), "returnByValue": true, "silent": true]
        return command("Runtime.evaluate", parameters, .place(id))
    }

    private mutating func evaluate(_ code: String, _ purpose: Purpose, repl: Bool = false) -> BrowserStep {
        var parameters: JSON = ["expression": .string(code), "silent": true, "objectGroup": "ambit"]
        if repl {
            parameters["replMode"] = true
            parameters["awaitPromise"] = true
            parameters["userGesture"] = true
        }
        return command("Runtime.evaluate", parameters, purpose)
    }

    private mutating func command(_ method: String, _ parameters: JSON, _ purpose: Purpose) -> BrowserStep {
        last += 1
        pending[last] = purpose
        return .send(
            .object([
                "id": .int(last), "method": .string(method), "params": parameters, "sessionId": session.map(JSON.string),
            ]))
    }
}

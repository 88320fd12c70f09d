internal import AmbitPlugin

/// A URL that is asked whether somebody answers. Plain HTTP: what develops on this machine speaks it.
struct WebProbe: Sendable {
    let text: String
    private let host: String
    private let port: Int
    private let target: String

    struct Problem: Error {
        let text: String
    }

    init(_ text: String) throws(ToolError) {
        guard text.hasPrefix("http://") else {
            throw ToolError("\"readyUrl\" is \(JSON.string(text).text): only http:// can be asked; for others give \"readyPort\".")
        }
        let rest = text.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest.dropFirst(authority.count).prefix { $0 != "#" }
        var name = authority
        var port = 80
        if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65535).contains(number) else {
                throw ToolError("\"readyUrl\" is \(JSON.string(text).text): the port is no number from 1 to 65535.")
            }
            name = authority[..<colon]
            port = number
        }
        guard !name.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ToolError("\"readyUrl\" is \(JSON.string(text).text): that is no URL.")
        }
        self.text = text
        self.port = port
        host = name.first == "[" && name.last == "]" ? String(name.dropFirst().dropLast()) : String(name)
        target = path.first == "/" ? String(path) : "/\(path)"
    }

    /// The status that it answers with; below 500, as what fails is not ready.
    func ask() -> Result<Int, Problem> {
        // Many listen on one of the two only.
        for address in host == "localhost" ? ["127.0.0.1", "::1"] : [host] {
            guard let socket = LocalSocket(address, port) else { continue }
            guard let answer = socket.ask("GET \(target) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\nAccept: */*\r\n\r\n")
            else {
                return .failure(Problem(text: "it takes connections and does not answer"))
            }
            let words = answer.split(separator: " ", maxSplits: 2)
            guard answer.hasPrefix("HTTP/"), words.count > 1, let status = Int(words[1]) else {
                return .failure(Problem(text: "what answers does not speak HTTP"))
            }
            return status < 500 ? .success(status) : .failure(Problem(text: "it answers with \(status)"))
        }
        return .failure(Problem(text: "nobody takes the connection"))
    }
}

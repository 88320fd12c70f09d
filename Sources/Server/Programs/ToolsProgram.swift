import JSON

/// `ambit tools`.
package struct ToolsProgram {
    private let place: ToolPlace
    private let json: Bool

    package init(place: ToolPlace, json: Bool) {
        self.place = place
        self.json = json
    }

    /// Prints, exits; 1 when there is no server, or a plugin could not be loaded here.
    package func run() -> Never {
        let found = place.find()
        var status: Int32 = 0
        var channel: any ToolChannel
        switch found {
        case .channel(let remote): channel = remote
        case .local(let local):
            channel = local.channel
            if local.hasErrors { status = 1 }
        }
        do {
            let tools = try channel.tools()
            if !json, tools["tools"]?.count ?? 0 == 0 {
                Program.out(Array("no tools\(channel.whyNone().map { ": \($0)" } ?? "")\n".utf8))
            } else {
                Program.out(json ? tools.compact + [0x0A] : Array(ToolListing.text(tools).utf8))
            }
        } catch {
            Program.say("ambit: \(error)")
            status = 1
        }
        if case .local(let local) = found { local.end() }
        Program.exit(status)
    }
}

internal import AmbitPlugin
internal import PluginHost
internal import Scopes

extension TestHost {
    /// Ends everything as a server does when it stops: calls, sessions, then the plugin. Throws a `LeakReport` when something was left behind, at any
    /// time since the host was made. Once; later calls wait for the first one.
    public func close() async throws {
        if let report = await closeOnce() { throw report }
    }

    func closeOnce() async -> LeakReport? {
        let mine = Completion<LeakReport?>()
        let other = closing.withLock { closing -> Completion<LeakReport?>? in
            if let closing { return closing }
            closing = mine
            return nil
        }
        if let other { return (try? await other.value()) ?? nil }
        let report = await end()
        mine.resolve(.success(report))
        return report
    }

    private func end() async -> LeakReport? {
        let closed = Completion<Report>()
        root.close(Scopes.Reason(.shutdown, by: "test")) { closed.resolve(.success($0)) }
        // What honours its cancellation needs no clock. Only for the rest do deadlines have to pass.
        let patience = ContinuousClock.now + .seconds(1)
        let isClosed = await run(
            until: { closed.result != nil }, horizon: { ContinuousClock.now > patience ? .max : 0 }, within: .seconds(30))
        // The plugin is destroyed after its scope has closed.
        _ = await run(until: { self.host.instances.isEmpty }, horizon: { 0 }, within: .seconds(5))
        await settle()
        var findings = self.findings
        if !isClosed { findings.append("the host did not close within 30 s") }
        if object.isAlive, plugin.state == .closed, records.abandonments.isEmpty {
            findings.append(
                "the plugin object is alive after it was destroyed: something refers to it (a reference cycle, or a task that nobody owns)")
        }
        let tree = isClosed ? "" : root.dumpText()
        runtime.stop()
        folder.remove()
        return findings.isEmpty ? nil : LeakReport(findings, tree: tree)
    }

    /// What of this host is left when all of it should be gone.
    private var findings: [String] {
        var findings = records.abandonments.map { $0.finding }
        for kind in runtime.ledger.totals() {
            if kind.live != 0 { findings.append("\(kind.live) × \(kind.name) not released when everything was closed") }
            if kind.failed != 0 { findings.append("\(kind.failed) × \(kind.name): the release failed") }
        }
        if plugin.handleCount != 0 { findings.append("\(plugin.handleCount) handles of the plugin are left") }
        return findings
    }
}

extension Abandonment {
    /// "task "poller" in server/plugin leaky#1/call leak ignored its cancellation and was given up"
    var finding: String {
        "\(kind) \"\(label)\" in \(scope) ignored its cancellation and was given up after \(ageNanoseconds / 1_000_000) ms"
    }
}

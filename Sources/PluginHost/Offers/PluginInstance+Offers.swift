internal import CAmbit
internal import MCP
internal import Scopes

extension PluginInstance {
    /// Tools of one plugin, and resources, and prompts.
    static let maximalOffers: UInt64 = 4096

    /// Reads and checks what the plugin offers; nothing is registered yet.
    func readOffers() throws(PluginError) -> Offers {
        var offers = Offers()
        guard let plugin = life.withLock({ $0.plugin }) else { return offers }
        if let table = try table(plugin, AMBIT_EXT_TOOLS, ambit_plugin_tools.self), let count = table.count, let get = table.get {
            for index in 0..<(try total(count(plugin.context), "tools")) {
                offers.tools.append(
                    try read("tool", index, offers.tools) { () throws(Refusal) in try readTool(get(plugin.context, index)) })
            }
        }
        if let table = try table(plugin, AMBIT_EXT_RESOURCES, ambit_plugin_resources.self), let count = table.count, let get = table.get {
            for index in 0..<(try total(count(plugin.context), "resources")) {
                let pointer = get(plugin.context, index)
                if pointer?.pointee.is_template ?? 0 != 0 {
                    offers.templates.append(
                        try read("resource", index, offers.templates) { () throws(Refusal) in try readTemplate(pointer) })
                } else {
                    offers.resources.append(
                        try read("resource", index, offers.resources) { () throws(Refusal) in try readResource(pointer) })
                }
            }
        }
        if let table = try table(plugin, AMBIT_EXT_PROMPTS, ambit_plugin_prompts.self), let count = table.count, let get = table.get {
            for index in 0..<(try total(count(plugin.context), "prompts")) {
                offers.prompts.append(
                    try read("prompt", index, offers.prompts) { () throws(Refusal) in try readPrompt(get(plugin.context, index)) })
            }
        }
        return offers
    }

    private func table<Table: BitwiseCopyable>(
        _ plugin: ForeignPlugin, _ id: String, _ type: Table.Type
    ) throws(PluginError) -> Table? {
        guard let pointer = plugin.getExtension(id) else { return nil }
        let words = UnsafeRawBufferPointer(start: pointer, count: MemoryLayout<Table>.size)
        // After struct_size there are functions only.
        guard pointer.load(as: UInt32.self) >= UInt32(MemoryLayout<Table>.size),
            stride(from: 8, to: words.count, by: 8).allSatisfy({ words.load(fromByteOffset: $0, as: UInt.self) != 0 })
        else { throw offerError("its table \(id) is incomplete", "set struct_size, count and get") }
        return pointer.load(as: Table.self)
    }

    private func total(_ count: UInt64, _ what: String) throws(PluginError) -> UInt64 {
        guard count <= Self.maximalOffers else { throw offerError("it offers \(count) \(what)", "\(Self.maximalOffers) are the most") }
        return count
    }

    private func read<Definition>(
        _ noun: String, _ index: UInt64, _ before: [Offer<Definition>], _ body: () throws(Refusal) -> Offer<Definition>
    ) throws(PluginError) -> Offer<Definition> {
        let offer: Offer<Definition>
        do throws(Refusal) {
            offer = try body()
        } catch {
            // Named where it could be read so far.
            let what = error.text.contains("' is wrong: ") ? error.text : "\(noun) \(index) is wrong: \(error.text)"
            throw offerError("its \(what)", "mend the \(noun)'s declaration")
        }
        guard !before.contains(where: { $0.definition.key == offer.definition.key }) else {
            throw offerError("it offers two \(Definition.noun)s named '\(offer.definition.key)'", "rename one of them")
        }
        return offer
    }

    private func offerError(_ what: String, _ howToMend: String) -> PluginError {
        PluginError(path: path, what: what, howToMend: howToMend)
    }
}

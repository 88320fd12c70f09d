/// Where the next page of a list begins. Opaque to clients, and bound to the list and to its state: after a change it is none any more.
package struct PageCursor: Sendable, Equatable {
    package enum List: String, Sendable {
        case tools = "t"
        case resources = "r"
        case templates = "m"
        case prompts = "p"
    }

    package let list: List
    /// What everybody is offered, and what the session is beside that: each is another number after each change.
    package let shared: UInt64
    package let own: UInt64
    package let offset: Int

    package init(list: List, shared: UInt64, own: UInt64, offset: Int) {
        self.list = list
        self.shared = shared
        self.own = own
        self.offset = offset
    }

    package var text: String {
        "\(list.rawValue)-\(String(shared, radix: 36))-\(String(own, radix: 36))-\(String(offset, radix: 36))"
    }

    /// Nil for what is no cursor.
    package init?(_ text: String) {
        guard text.utf8.count <= 64 else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, let list = List(rawValue: String(parts[0])), let shared = UInt64(parts[1], radix: 36),
            let own = UInt64(parts[2], radix: 36), let offset = Int(parts[3], radix: 36), offset > 0
        else { return nil }
        self.init(list: list, shared: shared, own: own, offset: offset)
        // Numbers can be written in many ways; it was given in one.
        guard self.text == text else { return nil }
    }
}

/// A limit that somebody has run into, as they are told: what there is, how much of it there may be, and what changes that.
package struct ReachedLimit: Error, Sendable, Equatable {
    /// A sentence without its end, such as `4096 calls are under way`.
    private let what: String
    /// Nil: it is no whole number.
    package let value: Int?
    /// The name of a setting; nil: it is fixed.
    package let setting: String?
    /// The share of one client, of which others have more left.
    package let isOfOne: Bool

    package init(_ what: String, value: Int?, setting: String?, isOfOne: Bool = false) {
        self.what = what
        self.value = value
        self.setting = setting
        self.isOfOne = isOfOne
    }

    package var text: String {
        guard let setting else { return "\(what), the most that there may be" }
        return "\(what), the most that \(setting) allows\(isOfOne ? " one client" : "")"
    }
}

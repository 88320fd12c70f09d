extension StringProtocol where SubSequence == Substring {
    /// Where a text stands first in this one. (The library's own brings in its regular expressions.)
    func place(of text: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }

    func holds(_ text: String) -> Bool { place(of: text) != nil }
}

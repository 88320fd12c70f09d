/// A temporary directory could not be made.
package struct TempDirectoryError: Error, Sendable, CustomStringConvertible {
    package let base: String
    /// 0: see `refusal`.
    package let errorNumber: Int32
    package let text: String
    /// Its scope refuses it.
    package let refusal: AcquireError?

    init(base: String, _ refusal: AcquireError) {
        self.base = base
        errorNumber = 0
        text = refusal.description
        self.refusal = refusal
    }

    init(base: String, errorNumber: Int32, text: String) {
        self.base = base
        self.errorNumber = errorNumber
        self.text = text
        refusal = nil
    }

    package var description: String { "no temporary directory can be made in \(base): \(text)" }
}

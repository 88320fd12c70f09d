import CLinux

/// A few descriptors that HTTP clients never get, so that the control socket answers and processes start however many clients there are.
enum DescriptorReserve {
    /// How many: a process takes about eight while it starts, a control connection one.
    private static let most = 64

    /// Whether more are free than the reserve; false also where none is.
    ///
    /// The kernel hands out the lowest free number: where that is close to the limit, nearly all are taken, whoever has them.
    static var isLeft: Bool {
        let limit = ambit_linux_descriptor_limit()
        guard limit > 0 else { return true }
        let next = ambit_linux_next_descriptor()
        return next >= 0 && Int64(next) < limit - min(Int64(most), limit / 4)
    }
}

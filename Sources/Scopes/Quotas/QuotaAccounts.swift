/// The accounts that a scope charges: its owners', and those that it was opened with. Shared by everything below without a copy.
extension [QuotaAccount] {
    /// All of both, each once; allocates only where neither has all.
    func union(_ other: [QuotaAccount]) -> [QuotaAccount] {
        if other.isEmpty { return self }
        if isEmpty { return other }
        // Counted first and appended one by one: this is on the way of each call, and a filter makes an array of its own.
        var missing = 0
        for account in other where !contains(where: { $0 === account }) { missing += 1 }
        if missing == 0 { return self }
        if count + missing == other.count { return other }
        var both: [QuotaAccount] = []
        both.reserveCapacity(count + missing)
        for account in self { both.append(account) }
        for account in other where !contains(where: { $0 === account }) { both.append(account) }
        return both
    }

    /// All or none.
    func charge(_ kind: Kind) -> OverQuota? {
        for (index, account) in enumerated() {
            guard let over = account.charge(kind) else { continue }
            for earlier in prefix(index) { earlier.refund(kind) }
            return over
        }
        return nil
    }

    func refund(_ kind: Kind) { for account in self { account.refund(kind) } }

    /// All or none.
    func chargeScope() -> OverQuota? {
        for (index, account) in enumerated() {
            guard let over = account.chargeScope() else { continue }
            for earlier in prefix(index) { earlier.refundScope() }
            return over
        }
        return nil
    }

    func refundScope() { for account in self { account.refundScope() } }
}

/// The accounts that a scope charges: its owners', and those that it was opened with. Shared by everything below without a copy.
extension [QuotaAccount] {
    /// All of both, each once; allocates only where neither has all.
    func union(_ other: [QuotaAccount]) -> [QuotaAccount] {
        if other.isEmpty { return self }
        if isEmpty { return other }
        // A call's: the account of who asks.
        if other.count == 1 {
            let account = other[0]
            if contains(where: { $0 === account }) { return self }
            var both: [QuotaAccount] = []
            both.reserveCapacity(count + 1)
            for own in self { both.append(own) }
            both.append(account)
            return both
        }
        let missing = other.filter { account in !contains { $0 === account } }
        if missing.isEmpty { return self }
        return count + missing.count == other.count ? other : self + missing
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

internal import Scopes

extension PluginHost {
    /// Names in the log what lives longer than the scope that it was started in (S11).
    static func note(_ promotion: Promotion, in log: any HostLog) {
        log.write(
            .info, plugin: nil, "promoted to a scope that lives longer",
            [
                ("plugin", promotion.plugin), ("kind", promotion.kind), ("label", promotion.label), ("from", promotion.from),
                ("to", promotion.to),
            ])
    }
}

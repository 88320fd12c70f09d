import Transport

/// Looks at the files that a configuration names, as a server does when it starts or when the first token comes. Blocks.
enum NamedFiles {
    static func problems(_ configuration: AmbitConfiguration) -> [SettingProblem] {
        certificates(configuration.tls) + keys(configuration.access)
    }

    /// What would keep a server from speaking HTTPS.
    static func certificates(_ tls: TLSFiles) -> [SettingProblem] {
        guard tls.isOn, !tls.key.isEmpty else { return [] }
        do throws(TLSCertificates.Failure) {
            _ = try TLSCertificates(chain: tls.chain, key: tls.key)
            return []
        } catch {
            return [
                SettingProblem(
                    error.isOfKey ? "tls-key" : "tls-certificate", "is no good: \(error)", others: ["tls-certificate", "tls-key"])
            ]
        }
    }

    /// What would keep it from checking tokens.
    private static func keys(_ access: AccessConfiguration) -> [SettingProblem] {
        guard access.acceptsSigned else { return [] }
        var problems: [SettingProblem] = []
        if !access.keysAuthorities.isEmpty, let problem = TLSAuthorities.problem(access.keysAuthorities) {
            problems.append(SettingProblem("auth-keys-ca", "is no good: \(access.keysAuthorities) \(problem)"))
        }
        // What is fetched is not looked at: its server need not run yet.
        guard !access.keys.isEmpty, !access.keys.contains("://") else { return problems }
        do {
            if TokenKey.parse(try KeyFile.read(access.keys), try Signatures.load()) == nil {
                problems.append(
                    SettingProblem("auth-keys", "is no good: \(access.keys) is no JSON Web Key Set with a key that checks signatures"))
            }
        } catch let error as KeyFile.Failure {
            problems.append(SettingProblem("auth-keys", "is no good: \(error.text)"))
        } catch {
            problems.append(SettingProblem("auth-keys", "can't be used: \(error)"))
        }
        return problems
    }
}

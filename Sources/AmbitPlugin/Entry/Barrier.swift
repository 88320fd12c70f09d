/// Turns what plugin code threw into a status and an `ambit_error`: no exception crosses (A7).
func report(_ error: any Error, to out: UnsafeMutablePointer<ambit_error>?) -> ambit_status {
    let described = error as? AmbitError ?? AmbitError(.failed, "\(error)")
    described.write(to: out)
    return described.status.rawValue
}

/// What the server finds by name after it has loaded this library. Bytes are borrowed for the call; nothing blocks.

/// Makes a key, nil where the numbers are none; it is the caller's until `ambit_signatures_close`. [any-thread]
@c(ambit_signatures_open) public func openKey(
    _ type: UnsafePointer<CChar>, _ first: UnsafePointer<UInt8>, _ firstCount: Int, _ second: UnsafePointer<UInt8>?, _ secondCount: Int
) -> UnsafeMutableRawPointer? {
    let key = VerificationKey(
        type: String(cString: type), first: Array(UnsafeBufferPointer(start: first, count: firstCount)),
        second: Array(UnsafeBufferPointer(start: second, count: secondCount)))
    return key.map { Unmanaged.passRetained($0).toOpaque() }
}

/// 1 where the signature is this key's, of these bytes, by this algorithm (RFC 7518 names it); else 0. [any-thread & key-open]
@c(ambit_signatures_check) public func checkSignature(
    _ key: UnsafeMutableRawPointer, _ algorithm: UnsafePointer<CChar>, _ message: UnsafePointer<UInt8>, _ messageCount: Int,
    _ signature: UnsafePointer<UInt8>, _ signatureCount: Int
) -> Int32 {
    let accepts = Unmanaged<VerificationKey>.fromOpaque(key).takeUnretainedValue().accepts(
        UnsafeRawBufferPointer(start: signature, count: signatureCount), of: UnsafeRawBufferPointer(start: message, count: messageCount),
        algorithm: String(cString: algorithm))
    return accepts ? 1 : 0
}

/// Gives the key back. [any-thread & key-open]
@c(ambit_signatures_close) public func closeKey(_ key: UnsafeMutableRawPointer) {
    Unmanaged<VerificationKey>.fromOpaque(key).release()
}

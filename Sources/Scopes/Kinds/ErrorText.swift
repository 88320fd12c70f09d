internal import CLinux

/// What an errno means.
func errorText(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    return buffer.withUnsafeMutableBufferPointer { String(cString: ambit_linux_error_text(number, $0.baseAddress, $0.count)) }
}

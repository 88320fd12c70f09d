import JSON
import MCP
import Transport

/// What libFuzzer calls with each input (also AFL++, which takes the same entry point). The first byte says which reader gets the rest.
///
/// A reader that crashes is a finding, and so is each broken promise, which `expect` turns into a crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let data, size > 0 else { return 0 }
    let input = UnsafeRawBufferPointer(start: data + 1, count: size - 1)
    switch data[0] % 5 {
    case 0: HTTPTarget.run(input)
    case 1: MessageTarget.run(Array(input))
    case 2: JSONTarget.run(Array(input))
    case 3: SchemaTarget.run(Array(input))
    default: TextTarget.run(String(decoding: input, as: UTF8.self))
    }
    return 0
}

func expect(_ isKept: Bool, _ promise: StaticString) {
    guard !isKept else { return }
    fatalError("broken: \(promise)")  // impossible: that is what is looked for
}

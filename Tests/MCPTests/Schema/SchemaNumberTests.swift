import JSON
import Testing

@testable import MCP

/// Numbers as they are written, to the last digit.
struct SchemaNumberTests {
    private func number(_ text: String) throws -> DecimalNumber { try #require(DecimalNumber(json(text))) }

    @Test(
        arguments: [
            ("1", "1.0", 0), ("10", "1e1", 0), ("0", "-0.0e5", 0), ("100e-2", "1", 0), ("1.50", "15e-1", 0), ("1", "2", -1),
            ("-1", "-2", 1),
            ("-1", "1", -1), ("0", "1e-400", -1), ("9007199254740993", "9007199254740992", 1), ("0.1", "0.10000000000000001", -1),
            ("1e400", "1e401", -1), ("123456789012345678901234567890", "123456789012345678901234567891", -1), ("12.34", "12.3", 1),
            ("99", "100", -1), ("1e-2", "0.01", 0),
        ])
    func `numbers are compared exactly, however they are written`(left: String, right: String, order: Int) throws {
        #expect(try number(left).compared(to: number(right)).signum() == order)
        #expect(try number(right).compared(to: number(left)).signum() == -order)
        var hashers = (Hasher(), Hasher())
        try number(left).hash(into: &hashers.0)
        try number(right).hash(into: &hashers.1)
        #expect((hashers.0.finalize() == hashers.1.finalize()) == (order == 0))
    }

    @Test(arguments: [
        ("1", true), ("1.0", true), ("10e-1", true), ("1.5e1", true), ("1.5", false), ("1e-1", false), ("0.0", true), ("1e400", true),
    ])
    func `a whole number is one by its value`(text: String, isInteger: Bool) throws {
        #expect(try number(text).isInteger == isInteger)
        #expect(try accepts(#"{"type":"integer"}"#, text) == isInteger)
    }

    @Test(
        arguments: [
            ("0.0075", "0.0001", true), ("0.00751", "0.0001", false), ("1e308", "0.5", true), ("1e308", "0.123456789", false),
            ("0", "7", true),
            ("-21", "7", true), ("1.1", "0.1", true), ("12391239123", "1e-8", true), ("1000000000000000000000000000003", "3", false),
            ("1000000000000000000000000000002", "3", true), ("4.02", "0.01", true), ("19.99", "0.01", true), ("5", "10", false),
            ("50", "10", true),
            ("340282366920938463463374607431768211456", "18446744073709551616", true),
            ("340282366920938463463374607431768211457", "18446744073709551616", false), ("1e40", "18446744073709551616", false),
            ("1e64", "18446744073709551616", true), ("25e3", "1.25", true),
        ])
    func `multiples are exact`(value: String, divisor: String, isMultiple: Bool) throws {
        #expect(DecimalDivisor(try number(divisor)).divides(try number(value)) == isMultiple)
    }

    @Test func `equality is that of JSON`() throws {
        var comparison = JSONComparison(steps: 1_000_000, maxDepth: 100)
        func areEqual(_ left: String, _ right: String) -> Bool {
            let equal = comparison.areEqual(json(left), json(right))
            if equal { #expect(comparison.hash(of: json(left)) == comparison.hash(of: json(right)), "\(left) \(right)") }
            return equal
        }
        #expect(areEqual(#"{"a":1,"b":[true,null]}"#, #"{"b":[true,null],"a":1.0}"#))
        #expect(areEqual(#""a\u0062""#, #""ab""#))
        #expect(areEqual(#"{"a":1,"a":2}"#, #"{"a":2}"#))
        #expect(!areEqual(#"{"a":1,"a":2}"#, #"{"a":1}"#))
        #expect(!areEqual(#"{"a":1,"a":1}"#, #"{"a":1,"b":1}"#))
        #expect(!areEqual("1", "true"))
        #expect(!areEqual("0", "false"))
        #expect(!areEqual("[1,2]", "[2,1]"))
        #expect(!areEqual("\"\u{E9}\"", "\"e\u{301}\""))
        let keys = (0..<20).map { #""k\#($0)":\#($0)"# }
        #expect(areEqual("{\(keys.joined(separator: ","))}", "{\(keys.reversed().joined(separator: ","))}"))
    }

    @Test func `lengths count code points`() throws {
        #expect(try accepts(#"{"minLength":2,"maxLength":2}"#, "\"\u{1F409}\u{1F432}\""))
        #expect(try accepts(#"{"minLength":1,"maxLength":1}"#, #""\ud83d\udc32""#))
        #expect(try accepts(#"{"minLength":2,"maxLength":2}"#, "\"e\u{301}\""))
        #expect(try accepts(#"{"maxLength":1e30}"#, "\"x\""))
        #expect(try accepts(#"{"minLength":2.0}"#, "\"xx\""))
    }
}

import Testing

@testable import AmbitPlugin

private struct Limits: SchemaProviding, Equatable {
    struct Range: Codable, Equatable {
        var low: Int8
        var high: UInt64
    }
    var name: String
    var ratio = 0.5
    var ranges: [Range]
    var tags: [String: Bool]?
    var mode: Mode?
    var anything: JSON?

    static let schema: JSON = ["type": "object", "required": ["name"]]
}

private enum Mode: String, Codable, CaseIterable { case fast, slow }

private class Base: Codable { var id = 1 }

private final class Derived: Base {
    var name = "x"
    override init() { super.init() }
    private enum CodingKeys: String, CodingKey { case name }
    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        try super.init(from: container.superDecoder())
    }
    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try super.encode(to: container.superEncoder())
    }
}

/// JSON text to values and back, and the messages where it doesn't fit.
@Suite struct JSONCodableTests {
    @Test(
        arguments: [
            #"{"z":1,"a":[true,null,1.5,"x\né😀"],"o":{"k":-0.25,"l":[]},"e":{}}"#, "0", "-12", #""""#,
            "18446744073709551615", "123456789012345678901234567890",
        ])
    func whatIsParsedIsWrittenAgain(text: String) throws {
        #expect(try JSON(parsing: text).text == text)
        #expect(try JSON(parsing: " \n\t\(text)\r ").text == text)
    }

    @Test(
        arguments: [
            ("", "byte 0: the text ends"), ("[1,]", "byte 3: expected a value"), (#"{"a":1,}"#, "byte 7: expected a name"),
            ("01", "byte 2: a number must not begin with 0"), ("1.", "expected a digit"), ("1e", "expected a digit"),
            ("-", "expected a digit"),
            ("nul", "expected a value"), (#""a"#, "without its end"), ("\"\u{01}\"", "control character"), (#""\x""#, "no such escape"),
            (#""\u12g4""#, "four hexadecimal digits"), ("1 2", "something follows"), (#"{"a" 1}"#, "expected ':'"),
            ("[1 2]", "expected ',' or ']'"),
            (String(repeating: "[", count: 129), "levels of nesting"), ("NaN", "expected a value"),
        ])
    func whatIsNoJSONIsNamed(text: String, problem: String) {
        do throws(JSONParseError) {
            _ = try JSON(parsing: text)
            Issue.record("\(text) was parsed")
        } catch {
            #expect(error.description.contains(problem), "\(error)")
        }
    }

    @Test func valuesSurviveEncodingAndDecoding() throws {
        let limits = Limits(
            name: "n", ranges: [.init(low: -1, high: .max)], tags: ["a": true], mode: .slow,
            anything: ["k": [1, nil, "x"]])
        let json = try JSON(encoding: limits)
        #expect(
            json.text
                == #"{"name":"n","ratio":0.5,"ranges":[{"low":-1,"high":18446744073709551615}],"tags":{"a":true},"mode":"slow","#
                + #""anything":{"k":[1,null,"x"]}}"#)
        #expect(try JSON(parsing: json.text).decode() == limits)
        #expect(try JSON(encoding: [Int]()).text == "[]")
        #expect(try JSON(encoding: [String: Int]()).text == "{}")
        #expect(try JSON(encoding: [Optional(1), nil]).text == "[1,null]")
        #expect(try JSON.array([1, nil]).decode(as: [Int?].self) == [1, nil])
        #expect(try JSON(encoding: "text").text == #""text""#)
        #expect(try JSON(encoding: [1: "a"]).decode(as: [Int: String].self) == [1: "a"])
        #expect(try JSON(encoding: Float(0.1)).text == "0.1")
        let derived = try JSON(encoding: Derived())
        #expect(derived.text == #"{"name":"x","super":{"id":1}}"#)
        #expect(try derived.decode(as: Derived.self).id == 1)
    }

    @Test(
        arguments: [
            (#"{"ranges":[]}"#, #""name": is missing"#),
            (#"{"name":5,"ratio":1,"ranges":[]}"#, #""name": expected a string, got 5"#),
            (#"{"name":"n","ratio":1,"ranges":{}}"#, #""ranges": expected a list, got {}"#),
            (
                #"{"name":"n","ratio":1,"ranges":[{"low":0,"high":1},{"low":300,"high":1}]}"#,
                #""ranges[1].low": expected an integer in -128...127, got 300"#
            ),
            (#"{"name":"n","ratio":1,"ranges":[{"low":0}]}"#, #""ranges[0].high": is missing"#),
            (#"{"name":"n","ratio":1,"ranges":[{"low":0,"high":-1}]}"#, #""ranges[0].high": expected an integer, got -1"#),
            (#"{"name":"n","ratio":1,"ranges":[],"tags":{"a":"yes"}}"#, #""tags.a": expected true or false, got "yes""#),
            ("[]", "expected an object, got []"),
        ])
    func whatDoesNotFitIsNamedByItsPath(text: String, message: String) throws {
        let json = try JSON(parsing: text)
        do throws(JSONDecodingFailure) {
            _ = try json.decode(as: Limits.self)
            Issue.record("\(text) was decoded")
        } catch {
            #expect(error.description == message)
        }
    }

    @Test func numbersThatJSONLacksAreRefused() {
        #expect(throws: EncodingError.self) { try JSON(encoding: ["a": Double.infinity]) }
    }
}

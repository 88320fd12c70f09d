import Testing

@testable import AmbitPlugin

@Suite struct JSONTextTests {
    @Test func literalsKeepTheirOrderAndKind() {
        let value: JSON = ["z": 1, "a": [true, nil, 1.5], "s": "x", "o": ["k": 2.0]]
        #expect(value.text == #"{"z":1,"a":[true,null,1.5],"s":"x","o":{"k":2.0}}"#)
    }

    @Test func stringsAreEscaped() {
        #expect(JSON.string("a\"b\\c\n\u{01}\u{1F}é😀").text == "\"a\\\"b\\\\c\\n\\u0001\\u001fé😀\"")
    }

    /// The search goes through eight bytes at once: each place in and behind a word has its turn.
    @Test func whatNeedsAnEscapeIsFoundAtEachPlace() {
        let escapes = [("\"", "\\\""), ("\\", "\\\\"), ("\u{1F}", "\\u001f"), ("\u{0}", "\\u0000")]
        for length in 0...25 {
            for place in 0...length {
                for filler in ["x", "é", " ", "!", "#", "]", "\u{7F}"] {
                    let (before, after) = (String(repeating: filler, count: place), String(repeating: filler, count: length - place))
                    for (character, escape) in escapes {
                        #expect(JSON.string(before + character + after).text == "\"\(before)\(escape)\(after)\"")
                        #expect(JSON.string(before + character + character + after).text == "\"\(before)\(escape)\(escape)\(after)\"")
                    }
                }
            }
            #expect(JSON.string(String(repeating: "x", count: length)).text == "\"\(String(repeating: "x", count: length))\"")
        }
    }

    @Test func nilMembersAreDropped() {
        let none: JSON? = nil
        #expect(JSON.object(["a": 1, "b": none, "c": "x"]).text == #"{"a":1,"c":"x"}"#)
    }

    @Test func numbersThatJSONLacks() {
        #expect(JSON.double(.nan).text == "null")
        #expect(JSON(UInt64.max).text == "18446744073709551615")
    }

    @Test func unescapeIsTheInverse() {
        #expect(JSON.unescape(#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"#) == "a\"\\/\u{08}\u{0C}\n\r\té😀")
        #expect(JSON.unescape(#"\u12"#) == "\u{FFFD}")
        #expect(JSON.unescape("\\") == "\u{FFFD}")
    }

    @Test func fixedTextIsCutBetweenCharacters() {
        var small: (CChar, CChar, CChar, CChar) = (1, 1, 1, 1)
        writeCText("aéé", to: &small)
        #expect(cText(small) == "aé")
    }

    @Test func nearNamesAreFound() {
        #expect(nearest("tims", ["times", "name"]) == "times")
        #expect(nearest("exit-Code", ["exit_code"]) == "exit_code")
        #expect(nearest("zebra", ["times"]) == nil)
    }

    @Test func durationsSaturate() {
        #expect(Duration.milliseconds(1500).nanoseconds == 1_500_000_000)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
    }
}

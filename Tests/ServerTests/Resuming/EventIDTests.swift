import Testing

@testable import Server

struct EventIDTests {
    @Test(arguments: [
        ("p1-0", EventID.Stream.Kind.post, 1, 0), ("g12-345", .get, 12, 345), ("p999999999999999-1", .post, 999_999_999_999_999, 1),
    ])
    func `an id is read as it was written`(text: String, kind: EventID.Stream.Kind, number: Int, place: Int) throws {
        let id = EventID(EventID.Stream(kind: kind, number: number), place)
        #expect(id.description == text)
        #expect(EventID(text) == id)
    }

    @Test(arguments: [
        "", "p", "p1", "p1-", "p-1", "x1-1", "P1-1", "p1-1-1", "p01-1", "p1-01", "p+1-1", "p1--1", "p1-1 ", " p1-1", "p1-٣", "p1.0-1",
        "p9999999999999999-1", "1-1",
    ])
    func `all else is no id`(text: String) { #expect(EventID(text) == nil) }
}

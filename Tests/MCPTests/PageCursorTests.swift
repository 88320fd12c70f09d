import Testing

@testable import MCP

@Suite struct PageCursorTests {
    @Test func itIsReadAsItWasWritten() {
        let cursor = PageCursor(list: .prompts, shared: .max, own: 0, offset: 500)
        #expect(PageCursor(cursor.text) == cursor)
        #expect(PageCursor(cursor.text) != PageCursor(list: .tools, shared: .max, own: 0, offset: 500))
    }

    @Test(arguments: [
        "", "x", "p", "p-1-2", "p-1-2-3-4", "q-1-2-3", "p--2-3", "p-1-2-0", "p-1-2--3", "p-1-2-03", "p-+1-2-3", "p-1-2-A",
        String(repeating: "p", count: 100),
    ])
    func whatIsNoneIsNil(_ text: String) { #expect(PageCursor(text) == nil) }
}

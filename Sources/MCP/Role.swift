/// Who says a message.
package enum Role: String, Sendable {
    case user
    case assistant
}

/// How much the plugin holds.
enum Limits {
    /// Live interpreters of one session.
    static let interpreters = 8
    /// Evaluations that wait for one interpreter.
    static let waiting = 64
    /// How long one may wait for its turn, in seconds.
    static let turnSeconds: Int64 = 3600
    /// Bytes of code.
    static let code = 1 << 20
    /// One message of a driver: images make it large.
    static let message = 48 << 20
    /// Until an interpreter answers its start, in seconds.
    static let startSeconds: Int64 = 30
    /// What is kept of what it writes while nothing is evaluated.
    static let background = 8 << 10
    /// Of its last words on stderr.
    static let lastWords = 2 << 10
    /// Lines on their way to a client that reads slowly.
    static let lines = 256
    /// Bytes of one such line.
    static let line = 16 << 10
    /// Images of one evaluation.
    static let images = 8
}

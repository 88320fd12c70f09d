/// A message that is not served: the error, the id when it could be read, and the HTTP status.
package struct Rejection: Error, Sendable, Equatable {
    package let httpStatus: Int
    package let error: ProtocolError
    package let id: RequestID?

    package init(_ error: ProtocolError, id: RequestID?, httpStatus: Int) {
        self.httpStatus = httpStatus
        self.error = error
        self.id = id
    }

    /// With the status that the error has in this era.
    package init(_ error: ProtocolError, id: RequestID?, era: Era) {
        self.init(error, id: id, httpStatus: error.httpStatus(era))
    }

    /// The error as a message.
    package var bytes: [UInt8] { MessageEncoder.error(id: id, error) }
}

internal import Configuration
import Scopes

/// Notes which provider has answered the last question to a reader.
final class SourceRecorder: AccessReporter {
    private let answered = Lock<Int?>(nil)

    func report(_ event: AccessEvent) {
        let index = event.providerResults.firstIndex { result in
            if case .success(let found) = result.result { found.value != nil } else { false }
        }
        answered.withLock { $0 = index }
    }

    /// Its position among the providers; nil where none knew the key.
    var last: Int? { answered.withLock { $0 } }
}

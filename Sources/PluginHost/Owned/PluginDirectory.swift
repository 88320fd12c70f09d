internal import CAmbit
internal import Scopes

/// A temporary directory of a plugin.
final class PluginDirectory: Sendable {
    let directory: TempDirectory
    let entry: ScopeEntry

    private init(_ directory: TempDirectory, _ entry: ScopeEntry) {
        self.directory = directory
        self.entry = entry
    }

    static func create(_ label: String, in entry: ScopeEntry) throws(Refusal) -> ambit_directory {
        let directory: TempDirectory
        do throws(TempDirectoryError) {
            directory = try entry.scope.temporaryDirectory(label, in: entry.instance.services.folders.temporary)
        } catch {
            if let refusal = error.refusal { throw Refusal(refusal) }
            throw Refusal(.failed, error.text, detail: Int64(error.errorNumber))
        }
        do throws(Refusal) {
            return try entry.name(.directory, PluginDirectory(directory, entry))
        } catch {
            directory.remove()
            throw error
        }
    }

    static func find(_ handle: ambit_directory) throws(Refusal) -> PluginDirectory {
        guard let directory = HandleTable.shared.object(handle, .directory, as: PluginDirectory.self) else { throw .stale("directory") }
        return directory
    }

    func remove(_ handle: ambit_directory) {
        directory.remove()
        entry.forget(handle)
    }
}

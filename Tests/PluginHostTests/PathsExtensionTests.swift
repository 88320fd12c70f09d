import CAmbit
import Glibc
import Scopes
import Testing

@testable import PluginHost

@Suite struct PathsExtensionTests: ExtensionSuite {
    private func path(_ which: Int, _ plugin: PluginInstance, _ tables: Tables) throws -> String {
        var size: UInt64 = 0
        var error = makeError()
        try #require(tables.paths.get(plugin.hostHandle, Int32(which), nil, 0, &size, &error) == ok, "\(error.message)")
        var bytes = [UInt8](repeating: 0, count: Int(size))
        #expect(tables.paths.get(plugin.hostHandle, Int32(which), &bytes, size - 1, &size, nil) == ok)
        #expect(bytes.allSatisfy { $0 == 0 })
        #expect(tables.paths.get(plugin.hostHandle, Int32(which), &bytes, size, &size, nil) == ok)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aPluginHasFoldersOfItsOwn() throws {
        let (test, plugin, tables) = try loaded()
        let state = try path(AMBIT_PATH_STATE, plugin, tables)
        #expect(state == test.folders.state + "/fixture")
        var facts = stat()
        #expect(stat(state, &facts) == 0 && facts.st_mode & 0o777 == 0o700)
        #expect(try path(AMBIT_PATH_CACHE, plugin, tables) == test.folders.cache + "/fixture")
        #expect(try path(AMBIT_PATH_TEMPORARY, plugin, tables) == "/tmp")
        var size: UInt64 = 0
        var error = makeError()
        let workspace = tables.paths.get(plugin.hostHandle, Int32(AMBIT_PATH_WORKSPACE), nil, 0, &size, &error)
        if plugin.facts.allows(AMBIT_PERMISSION_FILES) {
            #expect(workspace == ok && size == UInt64(test.folders.workspace.utf8.count))
        } else {
            #expect(workspace == AMBIT_DENIED && error.message.contains("AMBIT_PERMISSION_FILES"))
        }
        #expect(tables.paths.get(plugin.hostHandle, 99, nil, 0, &size, nil) == AMBIT_INVALID_ARGUMENT)
        #expect(tables.paths.get(1, Int32(AMBIT_PATH_STATE), nil, 0, &size, nil) == AMBIT_STALE_HANDLE)
        end(test, plugin)
    }

    @Test func aFolderThatCantBeMadeSaysWhy() throws {
        let test = TestHost()
        let file = try Fixture.file("")
        #expect(throws: Refusal.self) { try HostFolders.make("\(file)/below") }
        test.shutdown()
    }
}

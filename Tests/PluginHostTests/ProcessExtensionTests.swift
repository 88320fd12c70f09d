import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct ProcessExtensionTests: ExtensionSuite {
    @Test func processesNeedThePermission() throws {
        let (test, plugin, tables) = try loaded("PERMISSIONS=0")
        var options = ambit_process_options()
        options.struct_size = UInt32(MemoryLayout<ambit_process_options>.size)
        var out: ambit_process = 0
        var error = makeError()
        #expect(tables.process.start(plugin.scopeHandle, &options, &out, &error) == AMBIT_DENIED)
        #expect(error.message.contains("AMBIT_PERMISSION_PROCESS"))
        end(test, plugin)
    }

    @Test func aMissingLauncherAndAnEmptyCommandAreErrorsThatSaySo() throws {
        let test = TestHost(runtime: Runtime())
        let plugin = try test.host.load(path: try Fixture().path)
        let tables = try Tables(plugin)
        var options = ambit_process_options()
        options.struct_size = UInt32(MemoryLayout<ambit_process_options>.size)
        var out: ambit_process = 0
        var error = makeError()
        #expect(tables.process.start(plugin.scopeHandle, &options, &out, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("arguments is empty"))
        #expect(start(tables, plugin, ["true"], &out, &error) == AMBIT_FAILED)
        #expect(error.message.contains("/nonexistent/ambit-launcher") && error.detail == 2)
        end(test, plugin)
    }

    private func start(
        _ tables: Tables, _ plugin: PluginInstance, _ arguments: [String], _ out: inout ambit_process, _ error: inout ambit_error,
        flags: Int = 0
    ) -> ambit_status {
        let bytes = arguments.map { Array($0.utf8) }
        var all: [ambit_bytes] = []
        let storage = bytes.map { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
            copy.copyBytes(from: bytes)
            all.append(ambit_bytes(borrowing: UnsafeRawBufferPointer(rebasing: copy[..<bytes.count])))
            return copy
        }
        defer { for copy in storage { copy.deallocate() } }
        return all.withUnsafeBufferPointer { arguments in
            var options = ambit_process_options()
            options.struct_size = UInt32(MemoryLayout<ambit_process_options>.size)
            options.arguments = arguments.baseAddress
            options.arguments_count = UInt64(arguments.count)
            options.flags = UInt32(flags)
            return tables.process.start(plugin.scopeHandle, &options, &out, &error)
        }
    }

    @Test func aProcessIsReadFedWaitedForAndForgotten() throws {
        guard let launcher = Beside.file("ambit-launcher") else { return }
        let test = TestHost(runtime: Runtime(), launcher: launcher)
        let plugin = try test.host.load(path: try Fixture().path)
        let tables = try Tables(plugin)
        var process: ambit_process = 0
        var error = makeError()
        #expect(start(tables, plugin, ["cat"], &process, &error, flags: AMBIT_PROCESS_STDIN) == ok)
        let info: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ambit_process_info>?) -> Void = { context, info in
            Witness.at(context).note("\(info!.pointee.state) \(info!.pointee.exit_code) \(info!.pointee.signal)")
        }
        let started = Witness()
        #expect(tables.process.wait_started(process, started.context, info) == ok)
        #expect(started.wait(1) == ["\(AMBIT_PROCESS_RUNNING) 0 0"])
        #expect(tables.process.forget(process) == AMBIT_INVALID_ARGUMENT)
        let exited = Witness()
        #expect(tables.process.wait(process, exited.context, info) == ok)
        let reader = Witness()
        let chunk: @convention(c) (UnsafeMutableRawPointer?, ambit_status, Int32, ambit_bytes) -> Void = {
            context, status, stream, bytes in
            let text = UnsafeRawBufferPointer(start: bytes.data, count: Int(bytes.size))
            Witness.at(context).note("\(status) \(stream) \(String(decoding: text, as: UTF8.self))")
        }
        #expect(tables.process.read(process, reader.context, chunk) == ok)
        #expect(tables.process.read(process, reader.context, chunk) == AMBIT_INVALID_ARGUMENT)
        let writer = Witness()
        let written: @convention(c) (UnsafeMutableRawPointer?, ambit_status) -> Void = { context, status in
            Witness.at(context).note("written \(status)")
        }
        let status = Array("hello".utf8).withUnsafeBytes {
            tables.process.write(process, ambit_bytes(borrowing: $0), writer.context, written)
        }
        #expect(status == ok)
        #expect(writer.wait(1) == ["written 0"])
        #expect(reader.wait(1) == ["0 1 hello"])
        #expect(tables.process.close_input(process) == ok)
        #expect(tables.process.read(process, reader.context, chunk) == ok)
        #expect(reader.wait(2).last == "\(AMBIT_CLOSED) 0 ")
        #expect(exited.wait(1) == ["\(AMBIT_PROCESS_EXITED) 0 0"])
        var facts = ambit_process_info()
        facts.struct_size = UInt32(MemoryLayout<ambit_process_info>.size)
        #expect(tables.process.info(process, &facts) == ok && facts.state == AMBIT_PROCESS_EXITED && facts.output_bytes == 5)
        #expect(tables.process.forget(process) == ok)
        #expect(tables.process.info(process, &facts) == AMBIT_STALE_HANDLE)

        #expect(start(tables, plugin, ["sleep", "100"], &process, &error) == ok)
        let killed = Witness()
        #expect(tables.process.wait(process, killed.context, info) == ok)
        #expect(tables.process.signal(process, 99) == AMBIT_INVALID_ARGUMENT)
        #expect(tables.process.stop(process, -1) == AMBIT_INVALID_ARGUMENT)
        #expect(tables.process.signal(process, 18) == ok)
        #expect(tables.process.stop(process, 0) == ok)
        #expect(killed.wait(1) == ["\(AMBIT_PROCESS_EXITED) 0 15"])
        // One that is left running ends with the plugin.
        #expect(start(tables, plugin, ["sleep", "100"], &process, &error) == ok)
        #expect(test.gauge("process") == 1)
        end(test, plugin)
    }
}

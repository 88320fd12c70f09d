import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct ScopeExtensionTests: ExtensionSuite {
    @Test func scopesOpenAndCloseAndTheirHandlesGoStale() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle, "work")
        var state: Int32 = -1
        #expect(tables.scope.state(scope, &state) == ok && state == AMBIT_SCOPE_OPEN)
        var error = makeError()
        #expect(tables.scope.close(plugin.scopeHandle, nil, nil, nil, &error) == AMBIT_DENIED)
        #expect(error.message.contains("server/plugin fixture#1"))
        let witness = Witness()
        let inner = open(tables, scope)
        #expect(
            tables.scope.close(
                scope, nil, witness.context,
                { context, report in
                    Witness.at(context).note("closed \(report!.pointee.reason_kind) \(report!.pointee.abandoned)")
                }, &error) == ok)
        #expect(witness.wait(1) == ["closed 0 0"])
        #expect(tables.scope.state(scope, &state) == ok && state == AMBIT_SCOPE_CLOSED)
        #expect(tables.scope.close(inner, nil, nil, nil, &error) == AMBIT_STALE_HANDLE)
        var out: ambit_scope = 0
        #expect(tables.scope.open(scope, ambit_text(), &out, &error) == AMBIT_STALE_HANDLE)
        #expect(error.code == AMBIT_STALE_HANDLE && error.message.contains("scope"))
        #expect(tables.scope.state(plugin.hostHandle, &state) == AMBIT_STALE_HANDLE)
        #expect(tables.scope.open(plugin.scopeHandle, ambit_text(), nil, &error) == AMBIT_INVALID_ARGUMENT)
        var bytes: [CChar] = [-1, -2]
        let invalid = bytes.withUnsafeMutableBufferPointer {
            tables.scope.open(plugin.scopeHandle, ambit_text(data: $0.baseAddress, size: 2), &out, &error)
        }
        #expect(invalid == AMBIT_INVALID_ARGUMENT && error.message == "label is not valid UTF-8")
        end(test, plugin)
    }

    /// S14: the status, the name of the quota, its limit and whose it is.
    @Test func overQuotaIsNamed() throws {
        let (test, plugin, tables) = try loaded()
        var scope = plugin.scopeHandle
        var error = makeError()
        var status = ok
        for _ in 0..<Scope.maximalDepth where status == ok {
            var inner: ambit_scope = 0
            status = tables.scope.open(scope, ambit_text(), &inner, &error)
            if status == ok { scope = inner }
        }
        #expect(status == AMBIT_OVER_QUOTA && error.detail == Int64(Scope.maximalDepth))
        let quota = withUnsafeBytes(of: error.quota) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        #expect(quota == "nested scopes" && error.message.contains("server/plugin fixture#1"))
        end(test, plugin)
    }

    /// S11: what lives on can still be named, however close behind it the scope closes that it left; what was refused is named where it was.
    @Test func aPromotedHandleLivesAsLongAsItsResource() throws {
        let (test, plugin, tables) = try loaded()
        let closer = BlockingPool(name: "closer", threads: 1)
        defer { closer.stop() }
        for _ in 0..<400 {
            let (scope, away) = (open(tables, plugin.scopeHandle), Latch())
            var options = ambit_channel_options()
            options.struct_size = UInt32(MemoryLayout<ambit_channel_options>.size)
            options.capacity = 1
            var channel: ambit_channel = 0
            #expect(tables.channel.open(scope, &options, &channel, nil) == ok)
            let lower = try ScopeEntry.find(scope).scope
            _ = closer.submit {
                _ = lower.closeNow()
                away.open()
            }
            let status = tables.scope.promote(channel, plugin.scopeHandle, nil)
            #expect(away.wait(nanoseconds: 30_000_000_000))
            let stale = ambit_status(AMBIT_STALE_HANDLE)
            #expect(tables.channel.close(channel) == (status == ok ? ok : stale))
        }
        end(test, plugin)
    }

    private func finalizer(_ witness: Witness, _ phase: Int, code: Int = AMBIT_FINALIZER_DONE) -> ambit_finalizer_options {
        var options = ambit_finalizer_options()
        options.struct_size = UInt32(MemoryLayout<ambit_finalizer_options>.size)
        options.phase = Int32(phase)
        options.context = witness.context
        switch code {
        case AMBIT_FINALIZER_DONE:
            options.run = { context, _, reason in
                Witness.at(context).note("run \(reason!.pointee.kind)")
                return Int32(AMBIT_FINALIZER_DONE)
            }
        case AMBIT_FINALIZER_FAILED:
            options.run = { context, _, _ in
                Witness.at(context).note("failing")
                return Int32(AMBIT_FINALIZER_FAILED)
            }
        default:
            options.run = { context, own, _ in
                Witness.at(context).note("pending \(own)")
                return Int32(AMBIT_FINALIZER_PENDING)
            }
        }
        options.destroyed = { Witness.at($0).note("destroyed") }
        return options
    }

    @Test func finalizersRunInTheirPhaseAndAreDestroyedOnce() throws {
        let (test, plugin, tables) = try loaded()
        let drained = Witness()
        let freed = Witness()
        var out: ambit_finalizer = 0
        for reason in [AMBIT_REASON_COMPLETED, AMBIT_REASON_CANCELLED] {
            let scope = open(tables, plugin.scopeHandle)
            var drain = finalizer(drained, AMBIT_PHASE_DRAIN)
            var free = finalizer(freed, AMBIT_PHASE_FREE)
            #expect(tables.scope.on_close(scope, &drain, &out, nil) == ok)
            #expect(tables.scope.on_close(scope, &free, &out, nil) == ok)
            var why = ambit_reason()
            why.struct_size = UInt32(MemoryLayout<ambit_reason>.size)
            why.kind = Int32(reason)
            let closed = Witness()
            #expect(
                tables.scope.close(scope, &why, closed.context, { context, _ in Witness.at(context).note("closed") }, nil)
                    == ok)
            _ = closed.wait(1)
        }
        #expect(drained.wait(3) == ["run 0", "destroyed", "destroyed"])
        #expect(freed.wait(4) == ["run 0", "destroyed", "run 2", "destroyed"])
        end(test, plugin)
    }

    @Test func finalizersCanBePendingFailOrBeTakenBack() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle)
        let witness = Witness()
        var out: ambit_finalizer = 0
        var wrong = finalizer(witness, 3)
        var error = makeError()
        #expect(tables.scope.on_close(scope, &wrong, &out, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("options.phase"))
        var short = finalizer(witness, AMBIT_PHASE_FREE)
        short.struct_size = 8
        #expect(tables.scope.on_close(scope, &short, &out, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("struct_size is 8"))
        var removed = finalizer(witness, AMBIT_PHASE_FREE)
        #expect(tables.scope.on_close(scope, &removed, &out, nil) == ok)
        #expect(tables.scope.finished(out, ok) == AMBIT_INVALID_ARGUMENT)
        #expect(tables.scope.remove(out) == ok)
        #expect(tables.scope.remove(out) == AMBIT_STALE_HANDLE)
        #expect(witness.wait(1) == ["destroyed"])
        var failing = finalizer(witness, AMBIT_PHASE_FREE, code: AMBIT_FINALIZER_FAILED)
        #expect(tables.scope.on_close(scope, &failing, &out, nil) == ok)
        let waiting = Witness()
        var pending = finalizer(waiting, AMBIT_PHASE_FREE, code: AMBIT_FINALIZER_PENDING)
        var own: ambit_finalizer = 0
        #expect(tables.scope.on_close(scope, &pending, &own, nil) == ok)
        let closed = Witness()
        #expect(
            tables.scope.close(
                scope, nil, closed.context,
                { context, report in
                    Witness.at(context).note("\(report!.pointee.failed) \(string(report!.pointee.text))")
                }, nil) == ok)
        #expect(waiting.wait(1) == ["pending \(own)"])
        #expect(tables.scope.remove(own) == AMBIT_CLOSED)
        #expect(closed.events.isEmpty)
        #expect(tables.scope.finished(own, ok) == ok)
        #expect(closed.wait(1).first?.hasPrefix("1 finalizer") == true)
        #expect(waiting.wait(2) == ["pending \(own)", "destroyed"])
        #expect(witness.wait(3) == ["destroyed", "failing", "destroyed"])
        end(test, plugin)
    }
}

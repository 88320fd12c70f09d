import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct ChannelExtensionTests: ExtensionSuite {
    private typealias ReceiveDone = @convention(c) (UnsafeMutableRawPointer?, ambit_status, UnsafeMutableRawPointer?, UInt64) -> Void

    @Test func channelsPassPointersInOrderAndDestroyWhatNobodyGets() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle)
        let items = (0..<4).map { _ in Witness() }
        var options = ambit_channel_options()
        options.struct_size = UInt32(MemoryLayout<ambit_channel_options>.size)
        options.capacity = 2
        options.overflow = Int32(AMBIT_OVERFLOW_WAIT)
        options.destroy_item = { Witness.at($0).note("destroyed") }
        var channel: ambit_channel = 0
        #expect(tables.channel.open(scope, &options, &channel, nil) == ok)
        var received: UnsafeMutableRawPointer?
        var dropped: UInt64 = 9
        #expect(tables.channel.try_receive(channel, &received, &dropped) == AMBIT_EMPTY)
        #expect(tables.channel.try_send(channel, items[0].context, 1, 0) == ok)
        #expect(tables.channel.try_send(channel, items[1].context, 1, 0) == ok)
        #expect(tables.channel.try_send(channel, items[2].context, 1, 0) == AMBIT_FULL)
        let sender = Witness()
        let sent: @convention(c) (UnsafeMutableRawPointer?, ambit_status) -> Void = { context, status in
            Witness.at(context).note("sent \(status)")
        }
        var sending: UInt64 = 0
        #expect(tables.channel.send(channel, items[2].context, 1, 0, sender.context, sent, &sending) == AMBIT_FULL)
        let impatient = Witness()
        #expect(tables.channel.send(channel, items[3].context, 1, 0, impatient.context, sent, &sending) == AMBIT_FULL)
        #expect(tables.channel.cancel_wait(channel, sending) == ok)
        #expect(impatient.wait(1) == ["sent \(AMBIT_CANCELLED)"])
        #expect(tables.channel.try_receive(channel, &received, &dropped) == ok && received == items[0].context && dropped == 0)
        #expect(sender.wait(1) == ["sent 0"])
        let receiver = Witness()
        let got: ReceiveDone = { context, status, item, _ in
            Witness.at(context).note(item == nil ? "got \(status)" : "got item")
        }
        var waiter: UInt64 = 0
        #expect(tables.channel.receive(channel, receiver.context, got, &waiter) == ok)
        #expect(receiver.wait(1) == ["got item"])
        #expect(tables.channel.cancel_wait(channel, waiter) == AMBIT_NOT_FOUND)
        #expect(tables.channel.try_receive(channel, &received, nil) == ok && received == items[2].context)
        #expect(tables.channel.receive(channel, receiver.context, got, &waiter) == ok)
        #expect(tables.channel.cancel_wait(channel, waiter) == ok)
        #expect(receiver.wait(2).last == "got \(AMBIT_CANCELLED)")
        #expect(tables.channel.try_send(channel, items[3].context, 1, 0) == ok)
        #expect(tables.channel.finish(channel) == ok)
        #expect(tables.channel.try_send(channel, items[0].context, 1, 0) == AMBIT_CLOSED)
        #expect(tables.channel.try_receive(channel, &received, nil) == ok)
        #expect(tables.channel.try_receive(channel, &received, nil) == AMBIT_CLOSED)
        #expect(tables.channel.try_receive(channel, &received, nil) == AMBIT_STALE_HANDLE)
        #expect(test.gauge("channel") == 0)
        // What is queued when the scope closes is destroyed.
        #expect(tables.channel.open(scope, &options, &channel, nil) == ok)
        #expect(tables.channel.try_send(channel, items[0].context, 1, 0) == ok)
        #expect(tables.scope.close(scope, nil, nil, nil, nil) == ok)
        #expect(items[0].wait(1) == ["destroyed"])
        #expect(tables.channel.close(channel) == AMBIT_STALE_HANDLE)
        options.capacity = 0
        #expect(tables.channel.open(plugin.scopeHandle, &options, &channel, nil) == AMBIT_INVALID_ARGUMENT)
        options.capacity = 1
        #expect(tables.channel.open(plugin.scopeHandle, &options, &channel, nil) == ok)
        #expect(tables.channel.receive(channel, receiver.context, got, nil) == ok)
        #expect(tables.channel.close(channel) == ok)
        #expect(receiver.wait(3).last == "got \(AMBIT_CLOSED)")
        end(test, plugin)
    }
}

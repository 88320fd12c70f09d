import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct BusExtensionTests: ExtensionSuite {
    @Test func eventsReachSubscribersOfTheTopicAndSessionAndForeignTopicsNeedAPermission() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle)
        func subscribe(_ topic: String, _ out: inout ambit_subscription, overflow: Int = AMBIT_OVERFLOW_DROP_OLDEST) -> ambit_status {
            withText(topic) { topic in
                var options = ambit_subscribe_options()
                options.struct_size = UInt32(MemoryLayout<ambit_subscribe_options>.size)
                options.topic = topic
                options.capacity = 4
                options.overflow = Int32(overflow)
                return tables.bus.subscribe(scope, &options, &out, nil)
            }
        }
        func publish(_ topic: String, _ payload: String) -> ambit_status {
            withText(topic) { topic in
                withText("k") { key in
                    Array(payload.utf8).withUnsafeBytes {
                        tables.bus.publish(plugin.hostHandle, topic, key, ambit_bytes(borrowing: $0), 0, nil)
                    }
                }
            }
        }
        var one: ambit_subscription = 0
        var all: ambit_subscription = 0
        #expect(subscribe("lines", &one) == ok)
        #expect(subscribe("/fixture/*", &all) == ok)
        #expect(subscribe("/other/lines", &all) == AMBIT_DENIED)
        #expect(subscribe("", &all) == AMBIT_INVALID_ARGUMENT)
        #expect(subscribe("lines", &all, overflow: AMBIT_OVERFLOW_WAIT) == AMBIT_INVALID_ARGUMENT)
        #expect(publish("/a/b", "x") == AMBIT_INVALID_ARGUMENT)
        #expect(publish("lines", "first") == ok)
        let witness = Witness()
        let done: @convention(c) (UnsafeMutableRawPointer?, ambit_status, UnsafePointer<ambit_event>?) -> Void = {
            context, status, event in
            guard let event = event?.pointee else { return Witness.at(context).note("ended \(status)") }
            let payload = UnsafeRawBufferPointer(start: event.payload.data, count: Int(event.payload.size))
            Witness.at(context).note("\(string(event.topic)) \(string(event.key)) \(String(decoding: payload, as: UTF8.self))")
        }
        #expect(tables.bus.next(one, witness.context, done, nil) == ok)
        #expect(witness.wait(1) == ["/fixture/lines k first"])
        var waiter: UInt64 = 0
        #expect(tables.bus.next(one, witness.context, done, &waiter) == ok)
        #expect(tables.bus.cancel_wait(one, waiter) == ok)
        #expect(witness.wait(2).last == "ended \(AMBIT_CANCELLED)")
        #expect(tables.bus.cancel_wait(one, waiter) == AMBIT_NOT_FOUND)
        #expect(tables.bus.close(one) == ok)
        #expect(tables.bus.close(one) == AMBIT_STALE_HANDLE)
        let last = Witness()
        #expect(tables.bus.next(all, last.context, done, nil) == ok)
        #expect(last.wait(1) == ["/fixture/lines k first"])
        #expect(tables.bus.next(all, last.context, done, nil) == ok)
        #expect(tables.scope.close(scope, nil, nil, nil, nil) == ok)
        #expect(last.wait(2).last == "ended \(AMBIT_CLOSED)")
        end(test, plugin)
    }

    @Test func aPluginWithThePermissionSeesTopicsOfOthers() throws {
        let (test, plugin, tables) = try loaded("PERMISSIONS=AMBIT_PERMISSION_FOREIGN_TOPICS")
        var out: ambit_subscription = 0
        let status = withText("/other/*") { topic in
            var options = ambit_subscribe_options()
            options.struct_size = UInt32(MemoryLayout<ambit_subscribe_options>.size)
            options.topic = topic
            options.capacity = 1
            options.overflow = Int32(AMBIT_OVERFLOW_FAIL)
            return tables.bus.subscribe(plugin.scopeHandle, &options, &out, nil)
        }
        #expect(status == ok)
        end(test, plugin)
    }
}

package import MCP

/// What a plugin offers and the catalogue lists: a tool, a resource, a template of resources, or a prompt.
package final class Offer<Definition: OfferDefinition>: AnyOffer {
    package let definition: Definition
    /// Serves it: the one way for its calls to travel.
    package let handler: Handler
    /// Completes its arguments or variables.
    package let completion: Handler?

    init(_ definition: Definition, _ handler: Handler, completion: Handler? = nil) {
        self.definition = definition
        self.handler = handler
        self.completion = completion
    }

    package var plugin: PluginInstance { handler.plugin }
    package var execution: Handler.Execution { handler.execution }

    /// ``Handler/invoke(_:sink:)``.
    package func invoke(_ request: CallRequest, sink: any CallSink) -> CallHandle? { handler.invoke(request, sink: sink) }

    var label: String { "\(Definition.noun) \(definition.key)" }
    var described: String { "the \(Definition.noun) '\(definition.key)'" }
    var kind: Catalog.Kind { Definition.kind }

    func taken(in shelves: Shelves, for whom: Catalog.Audience) -> (any AnyOffer)? {
        shelves[keyPath: Definition.shelf].owner(of: definition.key, for: whom)
    }

    func add(to shelves: inout Shelves, for whom: Catalog.Audience, stamp: UInt64) {
        shelves[keyPath: Definition.shelf].add(self, for: whom, stamp: stamp)
    }

    func remove(from shelves: inout Shelves, of whom: Catalog.Audience, stamp: UInt64) -> Bool {
        shelves[keyPath: Definition.shelf].remove(self, of: whom, stamp: stamp)
    }
}

package typealias Tool = Offer<ToolDefinition>
package typealias ResourceOffer = Offer<ResourceDefinition>
package typealias TemplateOffer = Offer<ResourceTemplateDefinition>
package typealias Prompt = Offer<PromptDefinition>

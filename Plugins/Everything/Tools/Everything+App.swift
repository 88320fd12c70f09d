internal import AmbitPlugin

/// A page that the client shows beside the result of a tool (MCP Apps, `io.modelcontextprotocol/ui`). The server passes all of it on and
/// knows nothing of it; a client that shows no pages has the text.
extension Everything {
    private static let page = "ui://everything/greeting"

    var appTool: Tool {
        Tool.inline(
            "test_app", "Greets on a page of its own, where the client shows pages.", .string("name", "Whom.", default: "World"),
            meta: ["ui": ["resourceUri": .string(Self.page), "visibility": ["model", "app"]]]
        ) { _, name in .json(["greeting": .string("Hello, \(name)!")], text: "Hello, \(name)!") }
    }

    var appResource: Resource {
        Resource(
            Self.page, name: "greeting", description: "The page of test_app.", mimeType: "text/html;profile=mcp-app"
        ) { _ in
            let csp: JSON = ["connectDomains": [], "resourceDomains": []]
            return ResourceContents([.text(Self.html, meta: ["ui": ["csp": csp, "prefersBorder": true]])])
        }
    }

    private static let html = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Greeting</title></head>
        <body>
        <p id="greeting">…</p>
        <script>
        const send = (message) => window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
        window.addEventListener("message", ({ data }) => {
          if (data.id === 1 && data.result) send({ method: "ui/notifications/initialized", params: {} });
          if (data.method !== "ui/notifications/tool-result") return;
          document.getElementById("greeting").textContent = data.params.structuredContent.greeting;
        });
        send({
          id: 1,
          method: "ui/initialize",
          params: { protocolVersion: "2026-01-26", appInfo: { name: "greeting", version: "1.0.0" }, appCapabilities: {} },
        });
        </script>
        </body>
        </html>
        """
}

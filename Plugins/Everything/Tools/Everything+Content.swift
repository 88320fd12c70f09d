internal import AmbitPlugin

extension Everything {
    /// Every kind of content.
    @ToolsBuilder var contentTools: [Tool] {
        Tool.inline("test_simple_text", "Gives a text.") { _ in .text("This is a simple text response for testing.") }
        Tool.inline("test_image_content", "Gives an image.") { _ in ToolResult([.image(Samples.png, mimeType: "image/png")]) }
        Tool.inline("test_audio_content", "Gives a sound.") { _ in ToolResult([.audio(Samples.wav, mimeType: "audio/wav")]) }
        Tool.inline("test_embedded_resource", "Gives a resource as part of the result.") { _ in
            ToolResult([.embedded(uri: "test://embedded-resource", text: "This is an embedded resource content.")])
        }
        Tool.inline("test_resource_link", "Gives the address of a resource, with hints whom it is for.") { _ in
            var link = Content.link(uri: "test://static-text", name: "static-text", mimeType: "text/plain")
            link.annotations = ["audience": ["user"], "priority": 0.5]
            return ToolResult([link])
        }
        Tool.inline("test_multiple_content_types", "Gives a text, an image and a resource at once.") { _ in
            let data: JSON = ["test": "data", "value": 123]
            return ToolResult([
                .text("Multiple content types test:"), .image(Samples.png, mimeType: "image/png"),
                .embedded(uri: "test://mixed-content-resource", text: data.text, mimeType: "application/json"),
            ])
        }
    }
}

"""What the interoperability and leak tests share: the server as a child process, raw clients, the official schemas, probes."""

"""A seeded fuzzer of the wire: generators of cases, an oracle that foretells their answers, and drivers for both transports."""

"""An authorization server, as far as a resource server sees of it: keys that come and go, and tokens."""

from __future__ import annotations

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from . import messages, wire

ISSUER = "https://issuer.example"
RESOURCE = "https://tools.example/mcp"
METADATA = "https://tools.example/.well-known/oauth-protected-resource/mcp"

CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}


class SigningKey:
    """A private key with an id, and its public half as a JSON Web Key."""

    def __init__(self, algorithm: str, kid: str | None) -> None:
        self.algorithm, self.kid = algorithm, kid
        if algorithm in CURVES:
            self.private: Any = ec.generate_private_key(CURVES[algorithm]())
        elif algorithm == "EdDSA":
            self.private = ed25519.Ed25519PrivateKey.generate()
        else:
            self.private = rsa.generate_private_key(65537, 2048)

    def public(self) -> dict[str, Any]:
        made = jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.private.public_key(), as_dict=True)
        made.pop("key_ops", None)
        return {**made, "use": "sig", **({"kid": self.kid} if self.kid else {})}

    def sign(self, algorithm: str | None = None, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A good token; claims replace those it would have, None leaves one out."""
        now = int(time.time())
        found = {"iss": ISSUER, "sub": "ada", "aud": RESOURCE, "exp": now + 600, "iat": now, **claims}
        return jwt.encode(
            {name: value for name, value in found.items() if value is not None}, self.private, algorithm or self.algorithm,
            headers={"typ": "at+jwt", **({"kid": self.kid} if self.kid else {}), **(headers or {})})


def key_set(*keys: SigningKey) -> str:
    return json.dumps({"keys": [key.public() for key in keys]})


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class KeyServer:
    """Serves a key set on the loopback, and counts who asks. `held`: answers wait for it to be set."""

    def __init__(self, *keys: SigningKey) -> None:
        self.keys, self.asked, self.status = list(keys), 0, 200
        self.held = threading.Event()
        self.held.set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked += 1
                owner.held.wait(30)
                body = key_set(*owner.keys).encode()
                self.send_response(owner.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/keys"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self._thread.start()

    def __enter__(self) -> KeyServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.held.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


def post(port: int, message: dict[str, Any], token: str | None = None, session: str | None = None,
         version: str | None = None, **headers: str) -> wire.Answer:
    """One message with a token."""
    found = {**messages.headers(message, session=session, version=version), **headers}
    if token is not None:
        found["Authorization"] = f"Bearer {token}"
    return wire.request(port, "POST", "/mcp", found, messages.encode(message))


def challenge(answer: wire.Answer) -> dict[str, str]:
    """The parameters of WWW-Authenticate."""
    scheme, _, rest = answer.headers["www-authenticate"].partition(" ")
    assert scheme == "Bearer"
    return {name: value.strip('"') for name, _, value in (pair.partition("=") for pair in rest.split(", "))}

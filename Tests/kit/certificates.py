"""Certificates for the loopback, signed by themselves."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from . import wire


class Certificates:
    """The two files of a server; `renew` writes new ones in their place."""

    def __init__(self, folder: Path, name: str = "first") -> None:
        self.chain, self.key = folder / "chain.pem", folder / "key.pem"
        self.renew(name)

    def renew(self, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256()))
        self.chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.key.write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))

    @property
    def flags(self) -> list[str]:
        return ["--tls-certificate", str(self.chain), "--tls-key", str(self.key)]

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.chain))


class SecureConnection(wire.Connection):
    """A connection over TLS that trusts this context."""

    def __init__(self, port: int, context: ssl.SSLContext, *, patience: float = 10) -> None:
        super().__init__(port, patience=patience)
        plain = self.socket
        try:
            self.socket: socket.socket = context.wrap_socket(plain, server_hostname="127.0.0.1")
        except BaseException:
            plain.close()
            raise

    @property
    def name(self) -> str:
        """The common name of the server's certificate."""
        subject = self.socket.getpeercert()["subject"]  # type: ignore[attr-defined]
        return dict(pair for part in subject for pair in part)["commonName"]

#!/usr/bin/env python3
"""Signs PDFs with kanyin in every way, and asks others: do they accept what is sound, and reject what is not?

  sign.py KANYIN FILE.pdf          a PDF made with `kanyin build --archive` that keeps a place for a seal

Keys are made with openssl for the run and thrown away after it. Signed are: RSA and ECDSA, visible and unseen, one
signer and two, prepared and inserted (DER and PEM), with a time-stamp of a server started here. Each file must be
accepted by pdfsig, pyHanko and `kanyin verify`; with a byte changed or a page replaced, each must be rejected by all
three. Then pyHanko adds to a file what may be added (a second signature, one in a field that was empty, a time-stamp with
data for later checking): pyHanko and `kanyin verify` must accept it, and reject it once a page shows another or a key is
there twice. What kanyin signed is left in the folder of FILE.pdf, named FILE.sign-*.pdf, for the other checks.

Exit status: 0 all agree, 1 not, 2 wrong use or a tool is missing.
"""

import asyncio
import http.server
import io
import logging
import re
import struct
import subprocess
import sys
import tempfile
import threading
import zlib
from pathlib import Path

from asn1crypto import keys, pem, tsp, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import add_validation_info, validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

LTA = ModificationLevel.LTA_UPDATES
PASSWORD = "for this run"
SIGNS = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n"
STAMPS = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"
wrong = []


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    kanyin, pdf = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        make_keys(folder)
        seal = folder / "seal.png"
        seal.write_bytes(picture())
        server = start_server(folder)
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        done = sign_all(kanyin, pdf, folder, seal, url)
        server.shutdown()
        measure_last_seal("two-seals", done["two-seals"], 42)
        added = add_all(kanyin, pdf, folder, done["rsa-seal"])
        for name, file in added.items():
            ask(kanyin, folder, name, file, sound=True, pdfsig=False)
            for kind, forged in (forgeries(file) | {"a key twice": twice(file)}).items():
                path = folder / f"{name}-{kind}.pdf"
                path.write_bytes(forged)
                ask(kanyin, folder, f"{name}, {kind}", path, sound=False, pdfsig=False)
        for name, file in done.items():
            ask(kanyin, folder, name, file, sound=True)
            for kind, forged in forgeries(file).items():
                path = folder / f"{name}-{kind}.pdf"
                path.write_bytes(forged)
                ask(kanyin, folder, f"{name}, {kind}", path, sound=False)
    for line in wrong:
        print(f"FAIL {line}")
    if not wrong:
        print(f"ok   {len(added)} files that pyHanko added to accepted, each forged three times and rejected: {', '.join(added)}")
        print(f"ok   {len(done)} signed files accepted, each forged twice and rejected: {', '.join(done)}")
    return 1 if wrong else 0


# ---- keys, a picture, a server ----


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, check=True, **options).stdout


def make_keys(folder):
    root = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=Root for this run", "-utf8")
    usage = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    run("openssl", *root, *usage, "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    (folder / "password").write_text(PASSWORD + "\n")
    for name, kind, extensions, packing in (
        ("rsa", ("rsa:2048",), SIGNS, ()),
        ("ecdsa", ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), SIGNS, ("-legacy",)),
        ("tsa", ("rsa:2048",), STAMPS, ()),
    ):
        key, request, certificate = (folder / f"{name}.{ending}" for ending in ("key", "csr", "pem"))
        (folder / "extensions").write_text(extensions)
        run("openssl", "req", "-newkey", *kind, "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN=测试 {name}", "-utf8")
        issue = ("x509", "-req", "-in", request, "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial")
        run("openssl", *issue, "-days", "20", "-extfile", folder / "extensions", "-out", certificate)
        pack = ("pkcs12", "-export", *packing, "-inkey", key, "-in", certificate, "-certfile", folder / "ca.pem")
        run("openssl", *pack, "-passout", f"pass:{PASSWORD}", "-out", folder / f"{name}.p12")


def picture():
    """A red ring on nothing, as PNG."""
    size = 300
    rows = []
    for y in range(size):
        away = [((x - 149.5) ** 2 + (y - 149.5) ** 2) ** 0.5 for x in range(size)]
        rows.append(b"\0" + b"".join(b"\xdc\x14\x1e" + (b"\xff" if 135 <= one <= 148 else b"\0") for one in away))
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b"")


def load(folder, name):
    read = lambda path: pem.unarmor(path.read_bytes())[2]
    key = keys.PrivateKeyInfo.load(read(folder / f"{name}.key"))
    return key, x509.Certificate.load(read(folder / f"{name}.pem")), x509.Certificate.load(read(folder / "ca.pem"))


def store(*certificates):
    certs = SimpleCertificateStore()
    certs.register_multiple(certificates)
    return certs


def start_server(folder):
    """A time-stamp server: pyHanko's stamper behind HTTP."""
    key, certificate, root = load(folder, "tsa")
    stamper = DummyTimeStamper(certificate, key, certs_to_embed=store(root))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


# ---- signing ----


def sign_all(kanyin, pdf, folder, seal, url):
    """Every kind of signature, as files beside the PDF."""
    stem = pdf.removesuffix(".pdf")
    done = {}

    def sign(name, source, *how):
        done[name] = f"{stem}.sign-{name}.pdf"
        run(kanyin, "sign", source, "-o", done[name], *how)
        return done[name]

    def by(name):
        return "--p12", folder / f"{name}.p12", "--password-file", folder / "password"

    sign("rsa-unseen", pdf, *by("rsa"), "--reason", "发布")
    first = sign("rsa-seal", pdf, *by("rsa"), "--seal", seal, "--certify", "signatures")
    sign("ecdsa-seal", pdf, *by("ecdsa"), "--seal", seal, "--location", "临渚")
    sign("two-unseen", first, *by("ecdsa"))
    sign("two-seals", first, *by("ecdsa"), "--seal", seal, "--diameter", "42mm")
    sign("stamped", pdf, *by("rsa"), "--seal", seal, "--timestamp", url)
    prepared, message = folder / "prepared.pdf", folder / "message.der"
    digest = run(kanyin, "sign", pdf, "--prepare", "-o", prepared, "--seal", seal, text=True).strip()
    key, certificate, root = load(folder, "rsa")
    signer = SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store(root))
    made = asyncio.run(signer.async_sign(bytes.fromhex(digest), "sha256", use_pades=True))
    message.write_bytes(made.dump())
    sign("inserted", prepared, "--insert", message)
    message = folder / "message.pem"
    message.write_bytes(pem.armor("CMS", made.dump()))
    sign("inserted-stamped", prepared, "--insert", message, "--timestamp", url)
    return done


def add_all(kanyin, pdf, folder, signed):
    """What pyHanko may add to a file signed by kanyin, and writes beside it (dates, producer, version), as files. They
    are not kept: what it adds is no longer PDF/A."""
    key, certificate, root = load(folder, "ecdsa")
    signer = SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store(root))
    stamp_key, stamp_certificate, _ = load(folder, "tsa")
    stamper = DummyTimeStamper(stamp_certificate, stamp_key, certs_to_embed=store(root))
    writer = lambda file: IncrementalPdfFileWriter(io.BytesIO(Path(file).read_bytes()))
    context = lambda: ValidationContext(trust_roots=[root], allow_fetching=False)
    added = {}

    def keep(name, out):
        added[name] = folder / f"{name}.pdf"
        added[name].write_bytes(out.getvalue())

    def sign(source, field, **how):
        metadata = PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES, **how)
        return PdfSigner(metadata, signer=signer, timestamper=stamper if how else None).sign_pdf(writer(source))

    keep("added-unseen", sign(signed, "Second"))
    field, empty, first = writer(pdf), folder / "empty.pdf", folder / "empty-signed.pdf"
    append_signature_field(field, SigFieldSpec("Empty", on_page=0, box=(100, 100, 200, 150)))
    out = io.BytesIO()
    field.write(out)
    empty.write_bytes(out.getvalue())
    run(kanyin, "sign", empty, "-o", first, "--p12", folder / "rsa.p12", "--password-file", folder / "password")
    keep("added-in-empty-field", sign(first, "Empty"))
    # Data for later checking first, and a time-stamp over them.
    out, told = io.BytesIO(), folder / "dss.pdf"
    add_validation_info(PdfFileReader(io.BytesIO(Path(signed).read_bytes())).embedded_signatures[0], context(), output=out)
    told.write_bytes(out.getvalue())
    keep("added-stamp", PdfTimeStamper(stamper).timestamp_pdf(writer(told), "sha256", context()))
    long_term = {"embed_validation_info": True, "use_pades_lta": True, "validation_context": context()}
    keep("added-long-term", sign(signed, "Third", **long_term))
    return added


def twice(file):
    """The file with a revision after it whose catalog has an entry twice, which readers take for two things."""
    with open(file, "rb") as source:
        writer = IncrementalPdfFileWriter(source)
        catalog = writer.root
        catalog["/Extensionz"] = catalog.get("/Extensions", generic.DictionaryObject())
        catalog["/Extensions"] = generic.DictionaryObject()
        writer.update_root()
        out = io.BytesIO()
        writer.write(out)
    head, _, tail = out.getvalue().rpartition(b"/Extensionz")
    return head + b"/Extensions" + tail


def forgeries(file):
    """The file with a signed byte changed, and with a page that shows another in a revision after it."""
    good = Path(file).read_bytes()
    at = good.index(b"kanyin:year>") + len(b"kanyin:year>")
    byte = bytearray(good)
    byte[at] ^= 1
    with open(file, "rb") as source:
        writer = IncrementalPdfFileWriter(source)
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Contents"] = writer.root["/Pages"]["/Kids"][1].raw_get("/Contents")
        writer.update_container(page)
        out = io.BytesIO()
        writer.write(out)
    return {"a byte changed": bytes(byte), "a page replaced": out.getvalue()}


# ---- asking ----


def ask(kanyin, folder, name, file, sound, pdfsig=True):
    """pdfsig is not asked where something follows the last signature: it does not look at what."""
    for who, answer in (
        ("kanyin", subprocess.run([kanyin, "verify", file, "--trust", folder / "ca.pem"], capture_output=True).returncode == 0),
        ("pyHanko", pyhanko_accepts(folder, file)),
        *([("pdfsig", pdfsig_accepts(file))] if pdfsig else []),
    ):
        if answer != sound:
            wrong.append(f"{name}: {who} {'accepts' if answer else 'rejects'} it")


def pyhanko_accepts(folder, file):
    _, _, root = load(folder, "rsa")
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    with open(file, "rb") as source:
        try:
            reader = PdfFileReader(source)
            found = [validate_pdf_signature(one, signer_validation_context=context, ts_validation_context=context).bottom_line
                     for one in reader.embedded_regular_signatures]
            stamps = [validate_pdf_timestamp(one, validation_context=context) for one in reader.embedded_timestamp_signatures]
        except (PdfError, SignatureValidationError):
            return False
    found += [stamp.intact and stamp.valid and stamp.trusted and stamp.modification_level <= LTA for stamp in stamps]
    return bool(found) and all(found)


def measure_last_seal(name, file, wanted):
    """How wide in millimetres the last signature's seal is drawn: its box is laid on the field's rectangle."""
    with open(file, "rb") as source:
        field = PdfFileReader(source).embedded_signatures[-1].sig_field
        left, _, right, _ = (float(side) for side in field["/Rect"])
        shown = field["/AP"]["/N"]
        box = [float(side) for side in shown["/BBox"]]
        across = float(re.match(rb"q ([0-9.]+) 0 0 ", shown.data)[1])
    drawn = across * (right - left) / (box[2] - box[0]) * 25.4 / 72
    if abs(drawn - wanted) > 0.1:
        wrong.append(f"{name}: the last seal is drawn {drawn:.1f} mm wide, not {wanted}")


def pdfsig_accepts(file):
    """pdfsig asks only whether what is covered is intact, and whether the last signature covers all of the file."""
    told = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True).stdout
    valid = re.findall(r"Signature Validation: (.*)", told)
    return bool(valid) and set(valid) == {"Signature is Valid."} and "Total document signed" in told


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(main())

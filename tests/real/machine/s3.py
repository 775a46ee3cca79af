"""Stands for Amazon S3: one bucket over HTTPS, that gives its objects to whom has signed with the role's
credentials, every header of Amazon's included (AWS Signature Version 4)."""

import hashlib
import hmac
import http.server
import pathlib
import re
import ssl
import sys

HOST, ROLE_KEY, ROLE_SECRET, ROLE_TOKEN = sys.argv[2:6]
FOLDER = pathlib.Path("/srv/s3")


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def is_signed(request):
    form = r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/s3/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)"
    said = re.fullmatch(form, request.headers.get("Authorization", ""))
    if not said:
        return False
    key, day, region, names, signature = said.groups()
    names = names.split(";")
    amazons = [name.lower() for name in request.headers if name.lower().startswith("x-amz-")]
    wanted = {"host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token", *amazons}
    if key != ROLE_KEY or names != sorted(names) or not wanted <= set(names):
        return False
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    canonical = "\n".join(
        [request.command, request.path, "", headers, ";".join(names), request.headers["x-amz-content-sha256"]]
    )
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(
        ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    signing = f"AWS4{ROLE_SECRET}".encode()
    for part in (day, region, "s3", "aws4_request"):
        signing = digest(signing, part)
    is_token = request.headers["x-amz-security-token"] == ROLE_TOKEN
    return is_token and hmac.compare_digest(digest(signing, text).hex(), signature)


class Bucket(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        file = FOLDER / self.path.lstrip("/")
        if self.headers["Host"] != HOST or not file.is_file():
            self.send_error(404)
        elif not is_signed(self):
            self.send_error(403)
        else:
            body = file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/etc/ssl/certs/ca-certificates.crt", "/run/s3.key")
server = http.server.ThreadingHTTPServer((sys.argv[1], 443), Bucket)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()

"""What a developer writes in Python without more than it brings along: the same names, all addresses, at once.

Arguments: the certificate authorities, a file of names. Ends with 1 when anything does not answer or is not trusted.
"""

import asyncio
import socket
import ssl
import sys
from pathlib import Path

TIMEOUT = 10


async def connect(name, address, trusted):
    _, writer = await asyncio.open_connection(address, 443, ssl=trusted, server_hostname=name)
    writer.close()
    return f"{name} {address}"


async def resolve_and_connect(name, trusted):
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(name, 443, family=socket.AF_INET, type=socket.SOCK_STREAM)
    return await asyncio.gather(*(connect(name, address[0], trusted) for *_, address in found))


async def main(authorities, names):
    trusted = ssl.create_default_context(cafile=authorities)
    probes = (asyncio.wait_for(resolve_and_connect(name, trusted), TIMEOUT) for name in names)
    results = await asyncio.gather(*probes, return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    for result in results:
        if isinstance(result, list):
            print("\n".join(result))
    for failure in failures:
        print(repr(failure), file=sys.stderr)
    return 1 if failures else 0


sys.exit(asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_text().split())))

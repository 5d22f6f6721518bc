"""Tells Schemathesis how a body of application/x-ndjson is written: the lines as they are."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context, lines):
    return lines if isinstance(lines, bytes) else str(lines).encode()

# SPDX-License-Identifier: Apache-2.0
"""A gRPC server (C-core) with the health service, told on standard input what it says: SERVICE STATUS, or SERVICE !CODE."""
import sys
from concurrent import futures

import grpc

statuses = {}


def parse(data):
    # field 1, a string; names in this test are short
    return data[2:].decode() if data else ""


def check(service, context):
    metadata = dict(context.invocation_metadata())
    print("asked", service or "-", metadata.get("x-from", "-"), metadata.get("user-agent", "-").split("/")[0], flush=True)
    answer = statuses.get(service)
    if answer is None:
        context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
    if answer.startswith("!"):
        context.abort(grpc.StatusCode[answer[1:]], "told so")
    return bytes([8, int(answer)])


handler = grpc.method_handlers_generic_handler(
    "grpc.health.v1.Health",
    {"Check": grpc.unary_unary_rpc_method_handler(check, request_deserializer=parse, response_serializer=lambda x: x)},
)
server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
server.add_generic_rpc_handlers((handler,))
print("port", server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
for line in sys.stdin:
    name, status = line.split()
    statuses["" if name == "-" else name] = status
    print("told", name, flush=True)
server.stop(0)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""gRPC's C core, by Debian's python3-grpcio, as either end of the conversations of GrpcInteropTests.

  echo.py serve       prints its port, serves the methods of EchoMethods until its input ends
  echo.py call PORT N holds every conversation, prints a line for each: "NAME ok", or "NAME FAILED ...";
                      "metadata" says instead as how many lines a key with three values came back, and has another
                      key with the first N of three binary values

Messages are plain bytes: what is inside of them is no business of a proxy.
"""
import concurrent.futures
import sys
import threading
import traceback

import grpc

SERVICE = "lateen.test.Echo"
HEALTH = "grpc.health.v1.Health"
SERVING = b"\x08\x01"
REASON = [("x-reason", "because"), ("x-reason-bin", b"\x00\xff")]
MANY = 100
HUGE = 64 * 1024 * 1024
PATIENCE = 60
OPTIONS = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_http_proxy", 0),
    ("grpc.so_reuseport", 0),
    ("grpc.use_local_subchannel_pool", 1),
]


class Echo:
    """See EchoMethods for what each method does."""

    def __init__(self):
        self.cancelled = {}
        self.lock = threading.Lock()

    def gone(self, name):
        with self.lock:
            return self.cancelled.setdefault(name, threading.Event())

    def say(self, request, context):
        seen = [(key, value) for key, value in context.invocation_metadata() if key.startswith("x-")]
        context.send_initial_metadata([pair for pair in seen if not pair[0].endswith("-bin")])
        context.set_trailing_metadata([pair for pair in seen if pair[0].endswith("-bin")])
        return request

    def join(self, requests, context):
        return b"".join(requests)

    def split(self, request, context):
        for octet in request:
            yield bytes([octet])

    def talk(self, requests, context):
        yield from requests

    def fail(self, request, context):
        when, code, message = request.decode().split(" ", 2)
        if when == "late":
            yield b"first"
        context.set_trailing_metadata(REASON)
        context.abort(next(one for one in grpc.StatusCode if one.value[0] == int(code)), message)

    def hang(self, request, context):
        when, name = request.decode().split(" ")
        gone = self.gone(name)
        context.add_callback(gone.set)
        if when == "late":
            yield b"hanging"
        gone.wait(PATIENCE)

    def hung(self, request, context):
        return b"gone" if self.gone(request.decode()).wait(PATIENCE) else b"still here"


def serve():
    echo = Echo()
    methods = {
        "Say": grpc.unary_unary_rpc_method_handler(echo.say),
        "Join": grpc.stream_unary_rpc_method_handler(echo.join),
        "Split": grpc.unary_stream_rpc_method_handler(echo.split),
        "Talk": grpc.stream_stream_rpc_method_handler(echo.talk),
        "Fail": grpc.unary_stream_rpc_method_handler(echo.fail),
        "Hang": grpc.unary_stream_rpc_method_handler(echo.hang),
        "Hung": grpc.unary_unary_rpc_method_handler(echo.hung),
    }
    health = {"Check": grpc.unary_unary_rpc_method_handler(lambda request, context: SERVING)}
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=MANY + 20), options=OPTIONS)
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(SERVICE, methods),
            grpc.method_handlers_generic_handler(HEALTH, health),
        )
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(None)


def expect(actual, wanted):
    if actual != wanted:
        raise AssertionError(f"{actual!r}, not {wanted!r}"[:500])


def status_of(call):
    """Runs to the end of a call, which has to fail; for its messages, status, text and trailers."""
    messages = []
    try:
        for message in call:
            messages.append(message)
    except grpc.RpcError as error:
        return messages, error.code().value[0], error.details(), list(error.trailing_metadata())
    raise AssertionError("the call went well")


class Outbox:
    """Requests of a stream that are sent one by one."""

    def __init__(self):
        self.condition = threading.Condition()
        self.waiting = []
        self.ended = False

    def send(self, message):
        with self.condition:
            self.waiting.append(message)
            self.condition.notify()

    def end(self):
        with self.condition:
            self.ended = True
            self.condition.notify()

    def __iter__(self):
        return self

    def __next__(self):
        with self.condition:
            while not self.waiting and not self.ended:
                self.condition.wait()
            if self.waiting:
                return self.waiting.pop(0)
            raise StopIteration


class Client:
    def __init__(self, port, raws):
        self.raws = int(raws)
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS)
        self.say = channel.unary_unary(f"/{SERVICE}/Say")
        self.join = channel.stream_unary(f"/{SERVICE}/Join")
        self.split = channel.unary_stream(f"/{SERVICE}/Split")
        self.talk = channel.stream_stream(f"/{SERVICE}/Talk")
        self.fail = channel.unary_stream(f"/{SERVICE}/Fail")
        self.hang = channel.unary_stream(f"/{SERVICE}/Hang")
        self.hung = channel.unary_unary(f"/{SERVICE}/Hung")
        self.check = channel.unary_unary(f"/{HEALTH}/Check")
        self.name = 0

    def unary(self):
        expect(self.say(b"hello", timeout=PATIENCE), b"hello")
        expect(self.say(b"", timeout=PATIENCE), b"")

    def client_streaming(self):
        expect(self.join(iter([b"a", b"", b"bc"]), timeout=PATIENCE), b"abc")
        expect(self.join(iter([]), timeout=PATIENCE), b"")

    def server_streaming(self):
        expect(list(self.split(b"abc", timeout=PATIENCE)), [b"a", b"b", b"c"])
        expect(list(self.split(b"", timeout=PATIENCE)), [])

    def bidirectional(self):
        outbox = Outbox()
        call = self.talk(outbox, timeout=PATIENCE)
        for message in (b"one", b"two" * 10000, b"three"):
            outbox.send(message)
            expect(next(call), message)
        outbox.end()
        expect(list(call), [])

    def many_streams(self):
        outboxes = [Outbox() for _ in range(MANY)]
        calls = [self.talk(outbox, timeout=PATIENCE) for outbox in outboxes]
        # Each has its answer before any of them ends: all are open at a time.
        for turn in range(3):
            for index, outbox in enumerate(outboxes):
                outbox.send(b"%d of %d" % (turn, index))
            for index, call in enumerate(calls):
                expect(next(call), b"%d of %d" % (turn, index))
        for outbox in outboxes:
            outbox.end()
        for call in calls:
            expect(list(call), [])

    def huge(self):
        message = bytes(range(256)) * (HUGE // 256)
        if self.say(message, timeout=PATIENCE) != message:
            raise AssertionError("another message came back")

    def status(self):
        messages, code, details, trailers = status_of(self.fail("late 5 nicht da: 100 % ✓".encode(), timeout=PATIENCE))
        expect((messages, code, details), ([b"first"], 5, "nicht da: 100 % ✓"))
        expect([pair for pair in trailers if pair[0].startswith("x-reason")], REASON)

    def trailers_only(self):
        messages, code, details, trailers = status_of(self.fail(b"early 7 not you", timeout=PATIENCE))
        expect((messages, code, details), ([], 7, "not you"))
        expect([pair for pair in trailers if pair[0].startswith("x-reason")], REASON)

    def metadata(self):
        sent = [("x-one", "1"), ("x-many", "a"), ("x-many", "b, c"), ("x-many", "d")]
        binary = [("x-raw-bin", b"\x00\x01\xfe\xff"), ("x-raw-bin", b""), ("x-raw-bin", b"second")]
        binary = binary[: self.raws]
        call = self.say.with_call(b"hello", metadata=sent + binary, timeout=PATIENCE)[1]
        many = [value for key, value in call.initial_metadata() if key == "x-many"]
        expect([value for key, value in call.initial_metadata() if key == "x-one"], ["1"])
        # Whoever joins lines does it with a comma.
        expect([part.strip() for part in ",".join(many).split(",")], ["a", "b", "c", "d"])
        expect([pair for pair in call.trailing_metadata() if pair[0].startswith("x-")], binary)
        return f"{len(many)} lines"

    def next_name(self):
        self.name += 1
        return str(self.name)

    def cancellation(self):
        name = self.next_name()
        call = self.hang(f"late {name}".encode(), timeout=PATIENCE)
        expect(next(call), b"hanging")
        call.cancel()
        expect(self.hung(name.encode(), timeout=PATIENCE), b"gone")

    def deadline(self):
        name = self.next_name()
        expect(status_of(self.hang(f"early {name}".encode(), timeout=0.3))[:2], ([], 4))
        expect(self.hung(name.encode(), timeout=PATIENCE), b"gone")

    def deadline_of_the_proxy(self):
        name = self.next_name()
        call = self.hang(f"early {name}".encode(), timeout=PATIENCE, metadata=[("to", "short")])
        expect(status_of(call)[:3], ([], 4, "downstream duration timeout"))
        expect(self.hung(name.encode(), timeout=PATIENCE), b"gone")

    def unavailable(self):
        for where in ("gone-a", "gone-b"):
            messages, code, details, _ = status_of(self.split(b"abc", metadata=[("to", where)], timeout=PATIENCE))
            expect((messages, code), ([], 14))
            if "reset reason: remote connection failure" not in details:
                raise AssertionError(details)

    def health(self):
        expect(self.check(b"", timeout=PATIENCE), SERVING)


def call(port, raws):
    client = Client(port, raws)
    for name, conversation in vars(Client).items():
        if name.startswith("_") or name == "next_name":
            continue
        try:
            result = conversation(client)
            print(name.replace("_", " "), result or "ok", flush=True)
        except Exception:  # pylint: disable=broad-except
            print(name.replace("_", " "), "FAILED", traceback.format_exc(), flush=True)


if __name__ == "__main__":
    serve() if sys.argv[1] == "serve" else call(*sys.argv[2:])

// SPDX-License-Identifier: Apache-2.0
// gRPC for Node (@grpc/grpc-js) as either end of the conversations of GrpcInteropTests; see echo.py, which says the same.
//
//   node echo.js serve       prints its port, serves the methods of EchoMethods until its input ends
//   node echo.js call PORT N holds every conversation, prints a line for each: "NAME ok", or "NAME FAILED ..."
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const grpc = require('@grpc/grpc-js');

const SERVING = Buffer.from([8, 1]);
const REASON = [['x-reason', 'because'], ['x-reason-bin', Buffer.from([0, 255])]];
const MANY = 100;
const HUGE = 64 * 1024 * 1024;
const PATIENCE = 60_000;
const OPTIONS = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.enable_http_proxy': 0,
};

const same = (bytes) => bytes;
const service = (name, methods) =>
  Object.fromEntries(
    Object.entries(methods).map(([method, [requestStream, responseStream]]) => [
      method,
      {
        path: `/${name}/${method}`,
        requestStream,
        responseStream,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  );

const ECHO = service('lateen.test.Echo', {
  Say: [false, false],
  Join: [true, false],
  Split: [false, true],
  Talk: [true, true],
  Fail: [false, true],
  Hang: [false, true],
  Hung: [false, false],
});
const HEALTH = service('grpc.health.v1.Health', { Check: [false, false] });

// Values as [[key, value], ...]: a Metadata has them by key.
function pairs(metadata, isWanted) {
  const found = [];
  for (const key of Object.keys(metadata.getMap())) {
    if (isWanted(key)) for (const value of metadata.get(key)) found.push([key, value]);
  }
  return found;
}

function metadataOf(list) {
  const metadata = new grpc.Metadata();
  for (const [key, value] of list) metadata.add(key, value);
  return metadata;
}

const isReason = (key) => key.startsWith('x-reason');
const isBinary = (key) => key.startsWith('x-') && key.endsWith('-bin');

function serve() {
  const waiting = new Map();
  const gone = (name) => {
    if (!waiting.has(name)) {
      const entry = {};
      entry.promise = new Promise((resolve) => (entry.resolve = resolve));
      waiting.set(name, entry);
    }
    return waiting.get(name);
  };
  const server = new grpc.Server(OPTIONS);
  server.addService(ECHO, {
    Say(call, callback) {
      call.sendMetadata(metadataOf(pairs(call.metadata, (key) => key.startsWith('x-') && !key.endsWith('-bin'))));
      callback(null, call.request, metadataOf(pairs(call.metadata, isBinary)));
    },
    Join(call, callback) {
      const parts = [];
      call.on('data', (message) => parts.push(message));
      call.on('end', () => callback(null, Buffer.concat(parts)));
    },
    Split(call) {
      for (const octet of call.request) call.write(Buffer.from([octet]));
      call.end();
    },
    Talk(call) {
      call.on('data', (message) => call.write(message));
      call.on('end', () => call.end());
    },
    Fail(call) {
      const [, when, code, details] = /^(\S+) (\S+) (.*)$/s.exec(call.request.toString());
      if (when === 'late') call.write(Buffer.from('first'));
      call.emit('error', { code: Number(code), details, metadata: metadataOf(REASON) });
    },
    Hang(call) {
      const [when, name] = call.request.toString().split(' ');
      call.on('cancelled', () => gone(name).resolve());
      if (when === 'late') call.write(Buffer.from('hanging'));
    },
    Hung(call, callback) {
      gone(call.request.toString()).promise.then(() => callback(null, Buffer.from('gone')));
    },
  });
  server.addService(HEALTH, { Check: (call, callback) => callback(null, SERVING) });
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
    assert.ifError(error);
    console.log(port);
  });
  process.stdin.on('end', () => process.exit(0)).resume();
}

const bytes = (text) => Buffer.from(text);
const late = () => ({ deadline: Date.now() + PATIENCE });

// The answer of a unary call, or of one that sends a stream, with the metadata around it.
function answer(start) {
  return new Promise((resolve, reject) => {
    const around = {};
    const call = start((error, message) => (error ? reject(error) : resolve(Object.assign(around, { message }))));
    call.on('metadata', (metadata) => (around.initial = metadata));
    call.on('status', (status) => (around.trailing = status.metadata));
  });
}

async function all(call) {
  const messages = [];
  for await (const message of call) messages.push(message.toString());
  return messages;
}

// Runs to the end of a call, which has to fail.
function failure(call) {
  return new Promise((resolve) => {
    const messages = [];
    call.on('data', (message) => messages.push(message.toString()));
    call.on('error', () => {});
    call.on('status', ({ code, details, metadata }) => resolve({ messages, code, details, metadata }));
  });
}

async function next(call) {
  let message;
  while ((message = call.read()) === null) await once(call, 'readable');
  return message.toString();
}

const conversations = {
  async unary({ echo }) {
    for (const text of ['hello', '']) {
      const { message } = await answer((done) => echo.Say(bytes(text), late(), done));
      assert.equal(message.toString(), text);
    }
  },
  async 'client streaming'({ echo }) {
    for (const parts of [['a', '', 'bc'], []]) {
      const { message } = await answer((done) => {
        const call = echo.Join(late(), done);
        for (const part of parts) call.write(bytes(part));
        call.end();
        return call;
      });
      assert.equal(message.toString(), parts.join(''));
    }
  },
  async 'server streaming'({ echo }) {
    assert.deepEqual(await all(echo.Split(bytes('abc'), late())), ['a', 'b', 'c']);
    assert.deepEqual(await all(echo.Split(bytes(''), late())), []);
  },
  async bidirectional({ echo }) {
    const call = echo.Talk(late());
    for (const text of ['one', 'two'.repeat(10_000), 'three']) {
      call.write(bytes(text));
      assert.equal(await next(call), text);
    }
    call.end();
    assert.deepEqual(await all(call), []);
  },
  async 'many streams'({ echo }) {
    const calls = Array.from({ length: MANY }, () => echo.Talk(late()));
    // Each has its answer before any of them ends: all are open at a time.
    for (let turn = 0; turn < 3; turn++) {
      calls.forEach((call, index) => call.write(bytes(`${turn} of ${index}`)));
      for (const [index, call] of calls.entries()) assert.equal(await next(call), `${turn} of ${index}`);
    }
    for (const call of calls) call.end();
    for (const call of calls) assert.deepEqual(await all(call), []);
  },
  async huge({ echo }) {
    const sent = Buffer.alloc(HUGE, Buffer.from(Array.from({ length: 256 }, (_, index) => index)));
    const { message } = await answer((done) => echo.Say(sent, late(), done));
    assert.ok(sent.equals(message), 'another message came back');
  },
  async status({ echo }) {
    const { messages, code, details, metadata } = await failure(echo.Fail(bytes('late 5 nicht da: 100 % ✓'), late()));
    assert.deepEqual([messages, code, details], [['first'], 5, 'nicht da: 100 % ✓']);
    assert.deepEqual(pairs(metadata, isReason), REASON);
  },
  async 'trailers only'({ echo }) {
    const { messages, code, details, metadata } = await failure(echo.Fail(bytes('early 7 not you'), late()));
    assert.deepEqual([messages, code, details], [[], 7, 'not you']);
    assert.deepEqual(pairs(metadata, isReason), REASON);
  },
  async metadata({ echo, raws }) {
    const sent = [['x-one', '1'], ['x-many', 'a'], ['x-many', 'b, c'], ['x-many', 'd']];
    const values = [Buffer.from([0, 1, 254, 255]), bytes(''), bytes('third')];
    const raw = values.slice(0, raws).map((value) => ['x-raw-bin', value]);
    const { initial, trailing } = await answer((done) =>
      echo.Say(bytes('hello'), metadataOf([...sent, ...raw]), late(), done),
    );
    assert.deepEqual(initial.get('x-one'), ['1']);
    // Whoever joins lines does it with a comma.
    assert.deepEqual(initial.get('x-many').join(',').split(/, */), ['a', 'b', 'c', 'd']);
    assert.deepEqual(pairs(trailing, isBinary), raw);
    return `${initial.get('x-many').length} lines`;
  },
  async cancellation({ echo, nextName, hung }) {
    const name = nextName();
    const call = echo.Hang(bytes(`late ${name}`), late());
    call.on('error', () => {});
    assert.equal(await next(call), 'hanging');
    call.cancel();
    await hung(name);
  },
  async deadline({ echo, nextName, hung }) {
    const name = nextName();
    const { messages, code } = await failure(echo.Hang(bytes(`early ${name}`), { deadline: Date.now() + 300 }));
    assert.deepEqual([messages, code], [[], 4]);
    await hung(name);
  },
  async 'deadline of the proxy'({ echo, nextName, hung }) {
    const name = nextName();
    const call = echo.Hang(bytes(`early ${name}`), metadataOf([['to', 'short']]), late());
    const { messages, code, details } = await failure(call);
    assert.deepEqual([messages, code, details], [[], 4, 'downstream duration timeout']);
    await hung(name);
  },
  async unavailable({ echo }) {
    for (const where of ['gone-a', 'gone-b']) {
      const call = echo.Split(bytes('abc'), metadataOf([['to', where]]), late());
      const { messages, code, details } = await failure(call);
      assert.deepEqual([messages, code], [[], 14]);
      assert.match(details, /reset reason: remote connection failure/);
    }
  },
  async health({ health }) {
    const { message } = await answer((done) => health.Check(bytes(''), late(), done));
    assert.deepEqual(message, SERVING);
  },
};

async function call(port, raws) {
  const make = (methods) =>
    new (grpc.makeGenericClientConstructor(methods))(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), OPTIONS);
  const echo = make(ECHO);
  let names = 0;
  const context = {
    echo,
    raws,
    health: make(HEALTH),
    nextName: () => String(++names),
    async hung(name) {
      const { message } = await answer((done) => echo.Hung(bytes(name), late(), done));
      assert.equal(message.toString(), 'gone');
    },
  };
  for (const [name, conversation] of Object.entries(conversations)) {
    try {
      console.log(name, (await conversation(context)) ?? 'ok');
    } catch (error) {
      console.log(name, 'FAILED', error);
    }
  }
  process.exit(0);
}

if (process.argv[2] === 'serve') serve();
else call(process.argv[3], Number(process.argv[4]));

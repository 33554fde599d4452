// SPDX-License-Identifier: Apache-2.0
// The line that a phone holds (core/wire/PROTOCOL.md §15), after the upgrade of a connection of protocol_client.mjs.
// What goes up is never packed; what comes down is unpacked against what came before. Nothing from elsewhere.
import assert from 'node:assert/strict';
import * as words from './protocol_words.mjs';
import {unpack_zstd} from './zstd_frame.mjs';

const KINDS = ['still_here', 'talk', 'bell', 'page', 'refusal'];
const MEMORY_MAX = 2048;
const ANSWER_SIZE_MAX = 64 * 1024;
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

function packet(kind, payload) {
  const length = [];
  let rest = payload.length;
  for (; rest >= 0x80; rest >>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([KINDS.indexOf(kind), ...length, rest]), payload]);
}

// The packet at the front and how long it is, or null while it is not whole.
function read_packet(bytes) {
  let length = 0;
  for (let at = 1; at < bytes.length; ++at) {
    assert.ok(at <= 3, 'a length of at most 3 bytes');
    length |= (bytes[at] & 0x7f) << (7 * (at - 1));
    if (bytes[at] & 0x80) continue;
    if (bytes.length < at + 1 + length) return null;
    const payload = Buffer.from(bytes.subarray(at + 1, at + 1 + length));
    return {kind: KINDS[bytes[0]], payload, size: at + 1 + length};
  }
  return null;
}

// What one end says, unpacked in the order in which it was said.
export class Memory {
  last = Buffer.alloc(0);

  unpack(payload, answered = Buffer.alloc(0)) {
    const known = Buffer.concat([this.last, answered.length > MEMORY_MAX ? Buffer.alloc(0) : answered]);
    assert.ok(payload[0] === 0 || payload[0] === 2, 'packed in a known way');
    const rest = payload.subarray(1);
    const message = payload[0] === 0 ? rest : unpack_zstd(Buffer.concat([ZSTD_MAGIC, rest]), ANSWER_SIZE_MAX, known);
    this.last = message.length > MEMORY_MAX ? Buffer.alloc(0) : message;
    return message;
  }
}

export class HeldLine {
  constructor(line) {
    this.line = line;
    this.down = new Memory();
  }

  static async open(line, headers) {
    const wish = {...headers, Connection: 'Upgrade', Upgrade: 'daybook-line/1'};
    const reply = await line.request('GET', '/v1/live', wish);
    assert.equal(reply.status, 101, 'the connection becomes a line');
    assert.equal(reply.headers.upgrade, 'daybook-line/1');
    return new HeldLine(line);
  }

  // The next packet that says something.
  async hear() {
    for (;;) {
      const found = await this.line.until(() => read_packet(this.line.arrived));
      this.line.arrived = this.line.arrived.subarray(found.size);
      if (found.kind !== 'still_here') return found;
    }
  }

  // A request's message to its reply's. Calls that come in between are passed over.
  async ask(message) {
    this.line.socket.write(packet('talk', words.pack(message)));
    for (;;) {
      const {kind, payload} = await this.hear();
      if (kind === 'refusal') throw new Error(`refused: ${JSON.stringify(words.read_error(payload))}`);
      if (kind === 'page') this.down.unpack(payload);
      if (kind === 'talk') return {message: this.down.unpack(payload, message), packed: payload.length};
    }
  }
}

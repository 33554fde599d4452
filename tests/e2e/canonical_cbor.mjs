// SPDX-License-Identifier: Apache-2.0
// The canonical CBOR of core/model/CANONICAL.md for Node, written from that page: integers, byte strings,
// text, arrays, maps with text keys, false, true, null. Used by protocol_client.mjs. Whole numbers that fit
// are Numbers, larger ones BigInts; maps are Maps.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

function head(out, major, argument) {
  const value = BigInt(argument);
  const first = major << 5;
  if (value < 24n) return void out.push(Buffer.from([first | Number(value)]));
  const sizes = [[0xffn, 24, 1], [0xffffn, 25, 2], [0xffffffffn, 26, 4], [0xffffffffffffffffn, 27, 8]];
  const [, code, size] = sizes.find(([most]) => value <= most);
  const bytes = Buffer.alloc(1 + size);
  bytes[0] = first | code;
  for (let i = 0; i < size; ++i) bytes[size - i] = Number((value >> BigInt(8 * i)) & 0xffn);
  out.push(bytes);
}

// Map keys in the canonical order: shorter first, then by bytes.
function sorted_entries(map) {
  const entries = map instanceof Map ? [...map] : Object.entries(map);
  return entries.map(([key, value]) => [Buffer.from(encoder.encode(key)), value])
      .sort(([a], [b]) => a.length - b.length || Buffer.compare(a, b));
}

function write(out, value) {
  if (value === null) return void out.push(Buffer.from([0xf6]));
  if (value === false || value === true) return void out.push(Buffer.from([value ? 0xf5 : 0xf4]));
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw new Error(`not a whole number: ${value}`);
    return value < 0 ? head(out, 1, -1n - BigInt(value)) : head(out, 0, value);
  }
  if (typeof value === 'string') {
    const bytes = encoder.encode(value);
    head(out, 3, bytes.length);
    return void out.push(Buffer.from(bytes));
  }
  if (value instanceof Uint8Array) {
    head(out, 2, value.length);
    return void out.push(Buffer.from(value));
  }
  if (Array.isArray(value)) {
    head(out, 4, value.length);
    for (const item of value) write(out, item);
    return;
  }
  if (typeof value === 'object') {
    const entries = sorted_entries(value);
    head(out, 5, entries.length);
    for (const [key, item] of entries) {
      head(out, 3, key.length);
      out.push(key);
      write(out, item);
    }
    return;
  }
  throw new Error(`cannot be encoded: ${typeof value}`);
}

export function encode(value) {
  const out = [];
  write(out, value);
  return Buffer.concat(out);
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(size) {
    if (size > this.bytes.length - this.at) throw new Error('CBOR ends too early');
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  head() {
    const first = this.take(1)[0];
    const [major, code] = [first >> 5, first & 31];
    if (code < 24) return [major, BigInt(code)];
    if (code > 27 || major === 7) throw new Error(`CBOR head ${first.toString(16)} is not in this format`);
    let argument = 0n;
    for (const byte of this.take(1 << (code - 24))) argument = (argument << 8n) | BigInt(byte);
    const smallest = code === 24 ? 24n : 1n << BigInt(4 << (code - 24));
    if (argument < smallest) throw new Error('CBOR head is not the shortest');
    return [major, argument];
  }

  item(depth) {
    if (depth > 16) throw new Error('CBOR is nested too deep');
    const [major, argument] = this.head();
    const number = (value) => (value >= -(2n ** 53n) + 1n && value < 2n ** 53n ? Number(value) : value);
    switch (major) {
      case 0:
        return number(argument);
      case 1:
        return number(-1n - argument);
      case 2:
        return Buffer.from(this.take(Number(argument)));
      case 3:
        return decoder.decode(this.take(Number(argument)));
      case 4:
        return this.array(argument, depth);
      case 5:
        return this.map(argument, depth);
      default:
    }
    if (major === 7 && argument >= 20n && argument <= 22n) return [false, true, null][Number(argument) - 20];
    throw new Error('CBOR item is not in this format');
  }

  array(count, depth) {
    if (count > BigInt(this.bytes.length - this.at)) throw new Error('CBOR ends too early');
    const items = [];
    for (let i = 0n; i < count; ++i) items.push(this.item(depth + 1));
    return items;
  }

  map(count, depth) {
    const map = new Map();
    let previous = null;
    for (let i = 0n; i < count; ++i) {
      const start = this.at;
      const key = this.item(depth + 1);
      if (typeof key !== 'string') throw new Error('CBOR key is not text');
      const bytes = encoder.encode(key);
      const ascending = previous === null || previous.length < bytes.length ||
          (previous.length === bytes.length && Buffer.compare(previous, bytes) < 0);
      if (!ascending) throw new Error(`CBOR keys are not in order at ${start}`);
      previous = bytes;
      map.set(key, this.item(depth + 1));
    }
    return map;
  }
}

// Throws for whatever encode() would not have written.
export function decode(bytes) {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  if (reader.at !== bytes.length) throw new Error(`CBOR has ${bytes.length - reader.at} bytes too many`);
  return value;
}

// SPDX-License-Identifier: Apache-2.0
// Unpacks one zstd frame (RFC 8878) in plain JavaScript, for the Nodes that come without zstd. Used by
// protocol_client.mjs. Written from the RFC; no dictionaries, checksums are passed over (the exchange has its
// own digest). Slow and small on purpose.

const MAGIC = 0xfd2fb528;

// A bit stream that is read from its end, as all entropy-coded parts are.
class BackwardBits {
  constructor(bytes) {
    if (bytes.length === 0 || bytes[bytes.length - 1] === 0)
      throw new Error('zstd: bit stream without an end mark');
    this.bytes = bytes;
    this.left = 8 * (bytes.length - 1) + 31 - Math.clz32(bytes[bytes.length - 1]);
  }

  // Beyond the start there are zeroes; whoever read them sees `left` below 0.
  bit(position) {
    return position < 0 ? 0 : (this.bytes[position >> 3] >> (position & 7)) & 1;
  }

  peek(count) {
    let value = 0;
    for (let i = 1; i <= count; ++i) value = value * 2 + this.bit(this.left - i);
    return value;
  }

  read(count) {
    const value = this.peek(count);
    this.left -= count;
    return value;
  }
}

// Probabilities as they stand in front of an FSE table; returns them and how many bytes they took.
function read_distribution(bytes, log_max, symbols_max) {
  let at = 0;
  const peek = (count) => {
    let value = 0;
    for (let i = 0; i < count; ++i) value |= (((bytes[(at + i) >> 3] ?? 0) >> ((at + i) & 7)) & 1) << i;
    return value;
  };
  const log = peek(4) + 5;
  at += 4;
  if (log > log_max) throw new Error('zstd: table too fine');
  const counts = [];
  let remaining = (1 << log) + 1;
  let threshold = 1 << log;
  let bits = log + 1;
  while (remaining > 1) {
    const most = 2 * threshold - 1 - remaining;
    let count = peek(bits) & (threshold - 1);
    if (count < most) {
      at += bits - 1;
    } else {
      count = peek(bits) & (2 * threshold - 1);
      if (count >= threshold) count -= most;
      at += bits;
    }
    counts.push(count - 1);
    remaining -= Math.abs(count - 1);
    if (count - 1 === 0) {
      for (let more = 3; more === 3;) {
        more = peek(2);
        at += 2;
        for (let i = 0; i < more; ++i) counts.push(0);
      }
    }
    while (remaining < threshold) {
      --bits;
      threshold >>= 1;
    }
  }
  if (remaining !== 1 || counts.length > symbols_max) throw new Error('zstd: bad distribution');
  return {log, counts, size: (at + 7) >> 3};
}

function fse_table({log, counts}) {
  const size = 1 << log;
  const symbols = new Array(size);
  const next = [];
  let high = size - 1;
  counts.forEach((count, symbol) => {
    next[symbol] = count === -1 ? 1 : count;
    if (count === -1) symbols[high--] = symbol;
  });
  let position = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; ++i) {
      symbols[position] = symbol;
      do position = (position + (size >> 1) + (size >> 3) + 3) & (size - 1);
      while (position > high);
    }
  });
  const states = symbols.map((symbol) => {
    const state = next[symbol]++;
    const bits = log - (31 - Math.clz32(state));
    return {symbol, bits, base: (state << bits) - size};
  });
  return {log, states};
}

const single_symbol_table = (symbol) => ({log: 0, states: [{symbol, bits: 0, base: 0}]});

function huffman_weights(bytes) {
  const first = bytes[0];
  if (first >= 128) {
    const count = first - 127;
    const weights = [];
    for (let i = 0; i < count; ++i)
      weights.push(i % 2 === 0 ? bytes[1 + (i >> 1)] >> 4 : bytes[1 + (i >> 1)] & 15);
    return {weights, size: 1 + ((count + 1) >> 1)};
  }
  const packed = bytes.subarray(1, 1 + first);
  const distribution = read_distribution(packed, 6, 256);
  const {log, states} = fse_table(distribution);
  const bits = new BackwardBits(packed.subarray(distribution.size));
  const weights = [];
  let [even, odd] = [bits.read(log), bits.read(log)];
  for (;;) {
    weights.push(states[even].symbol);
    even = states[even].base + bits.read(states[even].bits);
    if (bits.left < 0) return {weights: [...weights, states[odd].symbol], size: 1 + first};
    weights.push(states[odd].symbol);
    odd = states[odd].base + bits.read(states[odd].bits);
    if (bits.left < 0) return {weights: [...weights, states[even].symbol], size: 1 + first};
  }
}

function huffman_table(bytes) {
  const {weights, size} = huffman_weights(bytes);
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 1 << (weight - 1) : 0), 0);
  const depth = 32 - Math.clz32(sum);
  const rest = (1 << depth) - sum;
  if (sum === 0 || depth > 11 || (rest & (rest - 1)) !== 0) throw new Error('zstd: bad Huffman weights');
  weights.push(32 - Math.clz32(rest));
  const codes = [];
  for (let weight = 1; weight <= depth; ++weight) {
    weights.forEach((own, symbol) => {
      if (own !== weight) return;
      for (let i = 0; i < 1 << (weight - 1); ++i) codes.push({symbol, bits: depth + 1 - weight});
    });
  }
  return {depth, codes, size};
}

function huffman_stream({depth, codes}, bytes, count) {
  const bits = new BackwardBits(bytes);
  const out = Buffer.alloc(count);
  for (let i = 0; i < count; ++i) {
    const code = codes[bits.peek(depth)];
    out[i] = code.symbol;
    bits.left -= code.bits;
  }
  if (bits.left !== 0) throw new Error('zstd: Huffman stream of another length');
  return out;
}

function read_literals(block, tables) {
  const type = block[0] & 3;
  const format = (block[0] >> 2) & 3;
  const little = (size) => block.subarray(0, size).reduceRight((value, byte) => value * 256 + byte, 0);
  if (type < 2) {
    const head = [1, 2, 1, 3][format];
    const count = Math.floor(little(head) / (head === 1 ? 8 : 16));
    if (type === 1) return {literals: Buffer.alloc(count, block[head]), size: head + 1};
    return {literals: block.subarray(head, head + count), size: head + count};
  }
  const [head, width] = [[3, 10], [3, 10], [4, 14], [5, 18]][format];
  const both = Math.floor(little(head) / 16);
  const count = both % 2 ** width;
  const packed_size = Math.floor(both / 2 ** width);
  let packed = block.subarray(head, head + packed_size);
  if (type === 2) {
    tables.huffman = huffman_table(packed);
    packed = packed.subarray(tables.huffman.size);
  }
  const size = head + packed_size;
  if (format === 0) return {literals: huffman_stream(tables.huffman, packed, count), size};
  const part = (count + 3) >> 2;
  const lengths = [0, 2, 4].map((at) => packed.readUInt16LE(at));
  const parts = [];
  let at = 6;
  lengths.forEach((length) => {
    parts.push(huffman_stream(tables.huffman, packed.subarray(at, at + length), part));
    at += length;
  });
  parts.push(huffman_stream(tables.huffman, packed.subarray(at), count - 3 * part));
  return {literals: Buffer.concat(parts), size};
}

// [first value, extra bits] by code, and the distributions that need not be sent.
const plain_codes = (count, first) => Array.from({length: count}, (_, i) => [first + i, 0]);
const LITERAL_LENGTHS = [
  ...plain_codes(16, 0),
  [16, 1],
  [18, 1],
  [20, 1],
  [22, 1],
  [24, 2],
  [28, 2],
  [32, 3],
  [40, 3],
  [48, 4],
  [64, 6],
  [128, 7],
  [256, 8],
  [512, 9],
  [1024, 10],
  [2048, 11],
  [4096, 12],
  [8192, 13],
  [16384, 14],
  [32768, 15],
  [65536, 16]
];
const MATCH_LENGTHS = [
  ...plain_codes(32, 3),
  [35, 1],
  [37, 1],
  [39, 1],
  [41, 1],
  [43, 2],
  [47, 2],
  [51, 3],
  [59, 3],
  [67, 4],
  [83, 4],
  [99, 5],
  [131, 7],
  [259, 8],
  [515, 9],
  [1027, 10],
  [2051, 11],
  [4099, 12],
  [8195, 13],
  [16387, 14],
  [32771, 15],
  [65539, 16]
];
const ones = (count) => new Array(count).fill(1);
const KINDS = [
  {
    name: 'literal',
    log_max: 9,
    symbols_max: 36,
    preset: {
      log: 6,
      counts: [
        4, 3, ...new Array(11).fill(2), 1, 1, 1, ...new Array(9).fill(2), 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1
      ]
    }
  },
  {
    name: 'offset',
    log_max: 8,
    symbols_max: 32,
    preset: {log: 5, counts: [...ones(6), 2, 2, 2, ...ones(15), -1, -1, -1, -1, -1]}
  },
  {
    name: 'match',
    log_max: 9,
    symbols_max: 53,
    preset: {log: 6, counts: [1, 4, 3, ...new Array(6).fill(2), ...ones(37), -1, -1, -1, -1, -1, -1, -1]}
  },
];

function read_sequence_tables(section, at, modes, tables) {
  KINDS.forEach(({name, log_max, symbols_max, preset}, i) => {
    const mode = (modes >> (6 - 2 * i)) & 3;
    if (mode === 0) tables[name] = fse_table(preset);
    if (mode === 1) tables[name] = single_symbol_table(section[at++]);
    if (mode === 2) {
      const distribution = read_distribution(section.subarray(at), log_max, symbols_max);
      tables[name] = fse_table(distribution);
      at += distribution.size;
    }
    if (!tables[name]) throw new Error('zstd: no table to repeat');
  });
  return at;
}

function real_offset(value, literal_length, repeats) {
  if (value > 3) {
    repeats.unshift(value - 3);
    repeats.pop();
    return repeats[0];
  }
  const index = value - 1 + (literal_length === 0 ? 1 : 0);
  const offset = index === 3 ? repeats[0] - 1 : repeats[index];
  repeats.splice(Math.min(index, 2), 1);
  repeats.unshift(offset);
  return offset;
}

function run_sequences(section, literals, tables, repeats, out) {
  let count = section[0];
  let at = 1;
  if (count >= 128 && count < 255)
    count = ((count - 128) << 8) + section[at++];
  else if (count === 255) {
    count = section.readUInt16LE(1) + 0x7f00;
    at = 3;
  }
  let literal_at = 0;
  if (count > 0) {
    at = read_sequence_tables(section, at + 1, section[at], tables);
    const bits = new BackwardBits(section.subarray(at));
    const state = {};
    for (const {name} of KINDS) state[name] = bits.read(tables[name].log);
    for (let i = 0; i < count; ++i) {
      const now = (name) => tables[name].states[state[name]];
      const offset_code = now('offset').symbol;
      const offset_value = 2 ** offset_code + bits.read(offset_code);
      const [match_first, match_bits] = MATCH_LENGTHS[now('match').symbol];
      const match_length = match_first + bits.read(match_bits);
      const [literal_first, literal_bits] = LITERAL_LENGTHS[now('literal').symbol];
      const literal_length = literal_first + bits.read(literal_bits);
      out.put(literals.subarray(literal_at, literal_at + literal_length));
      literal_at += literal_length;
      out.repeat(real_offset(offset_value, literal_length, repeats), match_length);
      if (i + 1 === count) break;
      for (const name of ['literal', 'match', 'offset'])
        state[name] = now(name).base + bits.read(now(name).bits);
    }
    if (bits.left !== 0) throw new Error('zstd: sequences of another length');
  }
  out.put(literals.subarray(literal_at));
}

class Output {
  constructor(size_max) {
    this.bytes = Buffer.alloc(Math.min(size_max, 1 << 16));
    this.size = 0;
    this.size_max = size_max;
  }

  reserve(more) {
    if (this.size + more > this.size_max) throw new Error(`zstd: more than ${this.size_max} bytes`);
    while (this.size + more > this.bytes.length)
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
  }

  put(piece) {
    this.reserve(piece.length);
    this.size += Buffer.from(piece).copy(this.bytes, this.size);
  }

  repeat(offset, length) {
    if (offset < 1 || offset > this.size) throw new Error('zstd: offset before the start');
    this.reserve(length);
    for (let i = 0; i < length; ++i, ++this.size) this.bytes[this.size] = this.bytes[this.size - offset];
  }
}

// Throws unless `bytes` is exactly one frame of at most `size_max` bytes of content. `prefix`: what both ends know
// already, as if it stood before the content.
export function unpack_zstd(bytes, size_max, prefix = Buffer.alloc(0)) {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== MAGIC) throw new Error('zstd: not a frame');
  const descriptor = bytes[4];
  const single = (descriptor >> 5) & 1;
  const size_bytes = [single, 2, 4, 8][descriptor >> 6];
  if ((descriptor & 3) !== 0 || (descriptor & 8) !== 0) throw new Error('zstd: dictionary or reserved bit');
  let at = 5 + (single ? 0 : 1) + size_bytes;
  const out = new Output(size_max + prefix.length);
  out.put(prefix);
  const tables = {};
  const repeats = [1, 4, 8];
  for (let last = false; !last;) {
    const head = bytes.readUIntLE(at, 3);
    last = (head & 1) === 1;
    const [type, size] = [(head >> 1) & 3, head >> 3];
    at += 3;
    const block = bytes.subarray(at, at + (type === 1 ? 1 : size));
    if (type === 0)
      out.put(block);
    else if (type === 1)
      out.put(Buffer.alloc(size, block[0]));
    else if (type === 2) {
      const {literals, size: literals_size} = read_literals(block, tables);
      run_sequences(block.subarray(literals_size), literals, tables, repeats, out);
    } else
      throw new Error('zstd: reserved block');
    at += block.length;
  }
  if ((descriptor & 4) !== 0) at += 4;
  if (at !== bytes.length) throw new Error(`zstd: ${bytes.length - at} bytes too many`);
  return out.bytes.subarray(prefix.length, out.size);
}

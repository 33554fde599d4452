// SPDX-License-Identifier: Apache-2.0
// The messages, hashes and signatures of core/wire/PROTOCOL.md for Node, written from that page alone: a
// second opinion on the C++. Used by protocol_client.mjs, which also runs selftest() against the golden
// vectors. No input or output of its own but the golden files.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import {readFileSync} from 'node:fs';
import zlib from 'node:zlib';

import {decode, encode} from './canonical_cbor.mjs';
import {unpack_zstd} from './zstd_frame.mjs';

export const REPLY_SIZE_MAX = 5 * 1024 * 1024;
export const ZERO_UUID = Buffer.alloc(16);
export const ZERO_DIGEST = Buffer.alloc(32);
export const PUSH = ['nothing', 'stored', 'gap', 'forked', 'unknown_incarnation', 'wrong_signature', 'held'];
export const VERDICT = ['accepted', 'merged', 'conflicted', 'parked', 'refused', 'discarded', 'further'];

export const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest();
export const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const hash = (items) => sha256(encode(items));

// --- keys ---

const ED25519 = 1;
const ES256 = 2;
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD_COMPRESSED = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const is_es256 = (key) => key.asymmetricKeyType === 'ec';
const number_of = (bytes) => BigInt(`0x${bytes.toString('hex')}`);
const bytes_of = (number) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex');

export function new_key(alg) {
  if (alg === 'es256') return crypto.generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey;
  return crypto.generateKeyPairSync('ed25519').privateKey;
}
export function key_from_seed(seed) {
  return crypto.createPrivateKey({key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8'});
}
export function public_bytes(key) {
  const spki = crypto.createPublicKey(key).export({format: 'der', type: 'spki'});
  if (!is_es256(key)) return Buffer.concat([Buffer.from([ED25519]), spki.subarray(spki.length - 32)]);
  const [x, y] = [spki.subarray(spki.length - 64, spki.length - 32), spki.subarray(spki.length - 32)];
  return Buffer.concat([Buffer.from([ES256, 2 + (y[31] & 1)]), x]);
}
export function signature(key, items) {
  const message = encode(items);
  if (!is_es256(key)) return Buffer.concat([Buffer.from([ED25519]), crypto.sign(null, message, key)]);
  const pair = crypto.sign('sha256', message, {key, dsaEncoding: 'ieee-p1363'});
  const s = number_of(pair.subarray(32));
  const low = s > P256_ORDER / 2n ? P256_ORDER - s : s;
  return Buffer.concat([Buffer.from([ES256]), pair.subarray(0, 32), bytes_of(low)]);
}
// Whether bytes of an ES256 signature verify under bytes of an ES256 key, both with their alg byte.
function verifies_es256(key_bytes, message, signed) {
  if (key_bytes[0] !== ES256 || signed[0] !== ES256 || key_bytes.length !== 34 || signed.length !== 65)
    return false;
  if (number_of(signed.subarray(33)) > P256_ORDER / 2n) return false;
  try {
    const spki = Buffer.concat([SPKI_HEAD_COMPRESSED, key_bytes.subarray(1)]);
    const key = crypto.createPublicKey({key: spki, format: 'der', type: 'spki'});
    return crypto.verify('sha256', message, {key, dsaEncoding: 'ieee-p1363'}, signed.subarray(1));
  } catch {
    return false;  // not a point of the curve
  }
}

// --- frames ---

export const pack = (message) => Buffer.concat([Buffer.from([0]), message]);

export function unpack(frame) {
  if (frame[0] === 0) return frame.subarray(1);
  assert.equal(frame[0], 1, 'frame: packed in an unknown way');
  const packed = frame.subarray(1);
  const size_max = Math.min(REPLY_SIZE_MAX, Math.max(64 * 1024, 100 * packed.length));
  if (typeof zlib.zstdDecompressSync === 'function')
    return zlib.zstdDecompressSync(packed, {maxOutputLength: size_max});
  return unpack_zstd(packed, size_max);
}

// --- the chain ---

export const first_link = (device, start) => hash(
    ['daybook.first-link', 1, device, start.incarnation, start.parent, start.parent_seq, start.parent_link]);
export const next_link = (device, incarnation, seq, previous, body) =>
    hash(['daybook.link', 1, device, incarnation, seq, previous, sha256(body)]);
export const batch_proof =
    (device, newest) => ['daybook.batch', 1, device, newest.incarnation, newest.seq, newest.link];

// --- proofs ---

export const enrol_proof = (code, key, channel) => ['daybook.enrol-proof', 1, code, key, channel];
export const session_proof = (device, nonce, channel) => ['daybook.session-proof', 1, device, nonce, channel];
export const connection_proof = (token, channel) => ['daybook.proof', 1, token, channel];

// --- messages ---

const chain_position = ({incarnation, seq, link}) => [incarnation, seq, link];
const cursor_items = ({epoch, version, head}) => [epoch, version, head];
const or_null = (value, items) => (value ? items(value) : null);
const position_items =
    ({scope, version, within, filling_since}) =>
        [scope, version, or_null(within, (w) => [w.collection, w.id]), filling_since];

export function enrol_request({code, key, device_name, platform, device = null, proof}) {
  return encode(['daybook.enrol', 1, code, key, device_name, platform, device, proof]);
}
export const session_request = ({device, nonce, proof}) =>
    encode(['daybook.session', 1, device, nonce ?? null, proof ?? null]);

export function sync_request(r) {
  return encode([
    'daybook.sync', 1, r.request, 1, 1, r.device, chain_position(r.newest),
    r.begins.map((b) => [b.incarnation, b.parent, b.parent_seq, b.parent_link]), r.schema_version,
    r.schema_digest, or_null(r.cursor, cursor_items), r.ladder.map(cursor_items),
    r.positions.map(position_items),
    or_null(r.batch, (b) => [b.incarnation, b.first_seq, b.previous_link, b.bodies, b.signature]),
    or_null(r.gap, (g) => [g.first_seq, g.last_seq]),
    r.witnesses.map((w) => [w.collection, w.id, w.epoch, w.version, w.row]),
    [r.unsent.sets, r.unsent.bytes, r.unsent.attachments, r.unsent.oldest_ms],
    [r.pull, r.page_size_max, r.want_digests], r.wall_ms
  ]);
}

// Gives the items of an array names; throws when their number differs.
function named(items, names) {
  assert.ok(Array.isArray(items), `expected [${names}]`);
  assert.equal(items.length, names.length, `expected [${names}]`);
  return Object.fromEntries(names.map((name, i) => [name, items[i]]));
}
function message(bytes, tag, names) {
  const items = decode(bytes);
  assert.ok(encode(items).equals(bytes), 'a message has one form');
  assert.equal(items[0], tag);
  assert.equal(items[1], 1, 'format');
  return named(items.slice(2), names);
}

export const read_error = (bytes) => message(bytes, 'daybook.error', ['code', 'field', 'detail']);
export const read_session_reply = (bytes) =>
    message(bytes, 'daybook.session-reply', ['nonce', 'token', 'lifetime_s', 'server_ms']);
export const read_enrol_reply = (bytes) => message(
    bytes, 'daybook.enrol-reply',
    ['device', 'actor', 'role', 'schema_version', 'schema_digest', 'schema', 'server_ms']);

const read_cursor = (items) => named(items, ['epoch', 'version', 'head']);
const read_chain_position = (items) => named(items, ['incarnation', 'seq', 'link']);
function read_position(items) {
  const position = named(items, ['scope', 'version', 'within', 'filling_since']);
  return {...position, within: or_null(position.within, (w) => named(w, ['collection', 'id']))};
}

function read_outcome(bytes) {
  if (bytes.length === 0) return {reason: '', detail: '', fields: []};
  const outcome = message(bytes, 'daybook.outcome', ['reason', 'detail', 'fields']);
  const names = ['collection', 'id', 'field', 'outcome', 'rule', 'own', 'case'];
  return {...outcome, fields: outcome.fields.map((field) => named(field, names))};
}

function read_receipt(items) {
  const receipt =
      named(items, ['set', 'incarnation', 'seq', 'commit', 'verdict', 'rules_version', 'outcome']);
  return {...receipt, verdict: VERDICT[receipt.verdict], ...read_outcome(receipt.outcome)};
}

function read_page(items) {
  const page = named(items, [
    'head', 'scopes', 'positions', 'scopes_left', 'entries', 'left', 'receipts', 'receipts_through',
    'complete', 'digests'
  ]);
  const index = (i) => assert.ok(i < page.scopes.length, `scope ${i} of ${page.scopes.length}`);
  const entries =
      page.entries.map((e) => named(e, ['collection', 'id', 'version', 'row_version', 'row', 'scopes']));
  const left = page.left.map((l) => named(l, ['collection', 'id', 'scope', 'version']));
  entries.forEach((e) => {
    assert.ok(e.scopes.length > 0, 'an entry lies in a scope');
    e.scopes.forEach(index);
    assert.ok(e.row_version <= e.version && e.version <= page.head[1], 'versions of an entry');
  });
  left.forEach((l) => index(l.scope));
  return {
    ...page,
    head: read_cursor(page.head),
    positions: page.positions.map(read_position),
    entries,
    left,
    receipts: page.receipts.map(read_receipt),
    digests: page.digests.map((d) => named(d, ['scope', 'records', 'digest'])),
  };
}

export function read_sync_reply(bytes) {
  const reply = message(bytes, 'daybook.sync-reply', [
    'request', 'protocol', 'server_ms', 'push', 'stored', 'fork', 'page', 'safe', 'schema_version',
    'schema_digest', 'schema'
  ]);
  assert.ok(reply.push < PUSH.length, 'push');
  return {
    ...reply,
    push: PUSH[reply.push],
    stored: read_chain_position(reply.stored),
    fork: or_null(reply.fork, (f) => named(f, ['epoch', 'fork_version', 'need_ladder'])),
    page: or_null(reply.page, read_page),
    safe: or_null(reply.safe, read_chain_position),
  };
}

export function read_live_page(bytes) {
  const live = message(bytes, 'daybook.live-page', ['standing', 'page', 'patches']);
  const patches = live.patches.map((patch) => named(patch, ['entry', 'check']));
  return {standing: BigInt(live.standing), page: read_page(live.page), patches};
}
export function standing_of(cursor, positions) {
  const items = ['daybook.standing', 1, cursor_items(cursor), positions.map(position_items)];
  return hash(items).readBigUInt64BE(0) >> 1n;
}

// --- change sets (core/model/CHANGE_SET.md) ---

export function create_body(
    {id, salt, actor, wall_ms, schema_version, collection, record, fields, attachments = []}) {
  const stamp = [wall_ms, 0, Math.trunc(performance.now()), 1, 0, -1];
  const changes = [[collection, record, 0, fields]];
  return body_bytes({id, salt, actor, stamp, schema_version, changes, attachments});
}
function body_bytes({id, salt, actor, stamp, schema_version, changes, attachments}) {
  return encode([
    'daybook.body', 1, id, salt, actor, stamp, schema_version, [], [], changes, [],
    attachments.map(attachment_items), null
  ]);
}
const attachment_items = ({digest, size, media_type, role, collection, record}) =>
    [digest, size, media_type, role, collection, record];

// A UUIDv7 (RFC 9562).
export function new_id(wall_ms) {
  const id = crypto.randomBytes(16);
  id.writeUIntBE(wall_ms, 0, 6);
  id[6] = (id[6] & 0x0f) | 0x70;
  id[8] = (id[8] & 0x3f) | 0x80;
  return id;
}

// --- digests ---

export const row_digest = ({collection, id, row}) => hash(['daybook.row', 1, collection, id, row]);
export function scope_digest(records) {
  const sum =
      records.reduce((total, record) => total + BigInt(`0x${row_digest(record).toString('hex')}`), 0n);
  return Buffer.from((sum % 2n ** 256n).toString(16).padStart(64, '0'), 'hex');
}

// --- attachments (core/wire/ATTACHMENTS.md) ---

export const possession_proof = (nonce, device, content) =>
    sha256(Buffer.concat([Buffer.from('daybook.possession\0'), nonce, device, content]));

// --- the enrolment text ---

export function read_enrol_text(text) {
  const start = 'daybook://enrol?';
  assert.ok(text.trim().startsWith(start), 'enrolment text');
  const parts = new Map();
  for (const part of text.trim().slice(start.length).split('&')) {
    const [name, value] = [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)];
    if (!['u', 'p', 'c'].includes(name)) continue;
    assert.ok(!parts.has(name), `enrolment text: ${name} twice`);
    parts.set(name, value);
  }
  const url = new URL(decodeURIComponent(parts.get('u')));
  assert.equal(url.protocol, 'https:');
  const [pin, code] = [Buffer.from(parts.get('p'), 'base64url'), Buffer.from(parts.get('c'), 'base64url')];
  assert.equal(pin.length, 32);
  assert.ok(code.length >= 16 && code.length <= 64);
  return {url, pin, code};
}

// --- against the golden vectors ---

const GOLDEN = new URL('../golden/wire/', import.meta.url);
const golden = (name) => Buffer.from(
    readFileSync(new URL(`${name}.hex`, GOLDEN), 'utf8').replace(/#.*/g, '').replace(/\s/g, ''), 'hex');
const repeated = (byte, count) => Buffer.alloc(count, byte);

function golden_story() {
  const [device, incarnation] = [repeated(0x11, 16), repeated(0x22, 16)];
  const start = {incarnation, parent: ZERO_UUID, parent_seq: 0, parent_link: ZERO_DIGEST};
  const previous_link = first_link(device, start);
  const row = {
    fee: 12800,
    note: null,
    tags: ['机顶盒', true, -1],
    title: '更换机顶盒',
    serial_hash: Buffer.from('deadbeef', 'hex')
  };
  const body = body_bytes({
    id: repeated(0x31, 16),
    salt: repeated(0x41, 16),
    actor: 'li.wei',
    stamp: [1767225600000, 480, 5000, 7, -250, 40],
    schema_version: 3,
    changes: [['visit', repeated(0x61, 16), 0, row]],
    attachments: []
  });
  const newest = {incarnation, seq: 1, link: next_link(device, incarnation, 1, previous_link, body)};
  const key = key_from_seed(Buffer.from(Array.from({length: 32}, (_, i) => i)));
  const batch = {
    incarnation,
    first_seq: 1,
    previous_link,
    bodies: [body],
    signature: signature(key, batch_proof(device, newest))
  };
  return {
    device,
    incarnation,
    start,
    previous_link,
    row,
    body,
    newest,
    key,
    batch,
    channel: repeated(0xc0, 32)
  };
}

const EMPTY_REQUEST = {
  begins: [],
  schema_version: 0,
  schema_digest: ZERO_DIGEST,
  cursor: null,
  ladder: [],
  positions: [],
  batch: null,
  gap: null,
  witnesses: [],
  unsent: {sets: 0, bytes: 0, attachments: 0, oldest_ms: 0},
  page_size_max: 0,
  want_digests: false
};

function golden_sync_requests(story) {
  const rung = (version, byte) => ({epoch: repeated(0xe1, 16), version, head: repeated(byte, 32)});
  const visit = {collection: 'visit', id: repeated(0x61, 16)};
  const full = sync_request({
    request: repeated(0xa1, 16),
    device: story.device,
    newest: story.newest,
    begins: [
      story.start, {
        incarnation: repeated(0x23, 16),
        parent: story.incarnation,
        parent_seq: 1,
        parent_link: story.newest.link
      }
    ],
    schema_version: 3,
    schema_digest: repeated(0x5c, 32),
    cursor: rung(880, 0x8e),
    ladder: [rung(880, 0x8e), rung(512, 0x5e)],
    positions: [
      {scope: 'shared', version: 905, filling_since: 0},
      {scope: 'user:li.wei', version: 880, within: visit, filling_since: 870}
    ],
    batch: story.batch,
    gap: {first_seq: 5, last_seq: 9},
    witnesses: [{...visit, epoch: repeated(0xe0, 16), version: 899, row: encode(story.row)}],
    unsent: {sets: 4, bytes: 81920, attachments: 3, oldest_ms: 1767222000000},
    pull: true,
    page_size_max: 262144,
    want_digests: true,
    wall_ms: 1767225600000,
  });
  const bare = sync_request({
    ...EMPTY_REQUEST,
    request: repeated(0xa2, 16),
    device: story.device,
    pull: false,
    wall_ms: -1,
    newest: {incarnation: story.incarnation, seq: 0, link: story.previous_link}
  });
  return {sync_request_full: full, sync_request_bare: bare};
}

function golden_small_messages({device, key, channel}) {
  const [code, nonce, token] = [repeated(0xcd, 16), repeated(0x77, 32), repeated(0x88, 32)];
  const own = public_bytes(key);
  return {
    enrol_proof: encode(enrol_proof(code, own, channel)),
    session_proof: encode(session_proof(device, nonce, channel)),
    connection_proof: encode(connection_proof(token, channel)),
    enrol_request: enrol_request({
      code,
      key: own,
      device_name: '李伟的手机',
      platform: 'linux x86_64',
      proof: signature(key, enrol_proof(code, own, channel))
    }),
    session_request_ask: session_request({device}),
    session_request_prove:
        session_request({device, nonce, proof: signature(key, session_proof(device, nonce, channel))}),
  };
}

// Node draws its ES256 nonces, so the golden signatures are taken over; everything around them is written here.
function golden_es256_messages(story) {
  const secret = Buffer.from(Array.from({length: 32}, (_, i) => i));
  const pair = crypto.createECDH('prime256v1');
  pair.setPrivateKey(secret);
  const key = Buffer.concat([Buffer.from([ES256]), pair.getPublicKey(null, 'compressed')]);
  const code = repeated(0xcd, 16);
  const golden_proof = decode(golden('enrol_request_es256')).at(-1);
  const golden_batch = decode(golden('sync_request_es256'))[13];
  const golden_signature = golden_batch.at(-1);
  assert.ok(verifies_es256(key, encode(enrol_proof(code, key, story.channel)), golden_proof), 'enrol_proof');
  assert.ok(
      verifies_es256(key, encode(batch_proof(story.device, story.newest)), golden_signature), 'batch_proof');
  return {
    enrol_request_es256: enrol_request(
        {code, key, device_name: '李伟的手机', platform: 'linux x86_64', proof: golden_proof}),
    sync_request_es256: sync_request({
      ...EMPTY_REQUEST,
      request: repeated(0xa2, 16),
      device: story.device,
      pull: false,
      wall_ms: -1,
      newest: story.newest,
      batch: {...story.batch, signature: golden_signature}
    }),
  };
}

// tests/golden/key/es256.txt: only the lines that say ok may verify. Returns how many there are.
function check_golden_es256_keys() {
  const lines = readFileSync(new URL('../key/es256.txt', GOLDEN), 'utf8')
                    .split('\n')
                    .filter((line) => line && !line.startsWith('#'));
  for (const line of lines) {
    const [answer, , ...hex] = line.split(' ');
    const [key, message, signed] = hex.map((h) => Buffer.from(h === '-' ? '' : h, 'hex'));
    assert.equal(verifies_es256(key, message, signed), answer === 'ok', line);
  }
  const own = new_key('es256');
  for (let i = 0; i < 16; ++i)
    assert.ok(verifies_es256(public_bytes(own), encode(['own', i]), signature(own, ['own', i])), 'own signature');
  return lines.length;
}

// The attachment of golden/body/cellar, and the worked example of ATTACHMENTS.md.
function check_attachments() {
  const attachment = attachment_items({
    digest: sha256(Buffer.from('strokes')),
    size: 7,
    media_type: 'image/svg+xml',
    role: 'signature',
    collection: 'visit',
    record: Buffer.from('01934567000070008000000000000001', 'hex')
  });
  assert.deepEqual([attachment], decode(golden('../body/cellar')).at(-2), 'an attachment');
  const proof = possession_proof(repeated(0x11, 32), repeated(0x22, 16), Buffer.from('hello'));
  assert.equal(proof.toString('hex'), 'aab1f25e38df903cc9126a7a34c42a92fa5442c3d3b738c6dd39f96caccaa8ec');
}

// Throws at the first vector that this file would have written or read differently. Returns how many were
// compared.
export function selftest(line_memory) {
  const story = golden_story();
  const written = {
    ...golden_sync_requests(story),
    ...golden_small_messages(story),
    ...golden_es256_messages(story),
    body: story.body,
    link: story.newest.link,
    row: encode(story.row),
    batch_proof: encode(batch_proof(story.device, story.newest)),
    row_digest: row_digest({collection: 'visit', id: repeated(0x61, 16), row: encode(story.row)}),
    frame_plain: pack(golden('error_reply')),
  };
  for (const [name, bytes] of Object.entries(written))
    assert.equal(bytes.toString('hex'), golden(name).toString('hex'), name);

  const reply = read_sync_reply(unpack(golden('frame_zstd')));
  assert.ok(golden('sync_reply_full').equals(unpack_zstd(golden('frame_zstd').subarray(1), REPLY_SIZE_MAX)));
  const first = line_memory.unpack(golden('line_first'), golden('sync_request_full'));
  assert.ok(first.equals(golden('sync_reply_full')));
  assert.ok(line_memory.unpack(golden('line_again')).equals(golden('live_page')));
  const live = read_live_page(golden('live_page'));
  assert.equal(live.standing, standing_of(live.page.head, live.page.positions));
  assert.equal(reply.push, 'stored');
  assert.ok(reply.stored.link.equals(story.newest.link));
  assert.ok(reply.schema_digest.equals(sha256(Buffer.from(reply.schema))));
  assert.equal(reply.page.entries[1].collection, 'visit');
  assert.deepEqual(reply.page.receipts.map((r) => r.verdict), ['merged', 'accepted', 'parked']);
  assert.equal(reply.page.receipts[0].fields[1].case, 17);
  assert.ok(scope_digest([reply.page.entries[1]]).equals(reply.page.digests[0].digest));
  assert.equal(read_sync_reply(golden('sync_reply_bare')).page, null);
  assert.equal(read_enrol_reply(golden('enrol_reply')).actor, 'li.wei');
  assert.equal(read_session_reply(golden('session_reply_nonce')).token, null);
  assert.equal(read_session_reply(golden('session_reply_token')).lifetime_s, 900);
  assert.equal(read_error(golden('error_reply')).field, 'sync.batch.bodies');
  const text = read_enrol_text(
      [
    ' daybook://enrol?u=https%3A%2F%2Foffice.example%3A8443',
    'p=q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s',
    'c=zc3Nzc3Nzc3Nzc3Nzc3NzQ\n',
  ].join('&'));
  assert.equal(text.url.host, 'office.example:8443');
  check_attachments();
  return Object.keys(written).length + check_golden_es256_keys() + 11;
}

#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A phone in another language, to prove that core/wire/PROTOCOL.md is enough: enrols with a code, opens a
// session, pushes one create, pulls until complete, sends the same again. Node 18 or later, nothing from
// elsewhere. Started by tests/e2e; prints one JSON object a line, ends with status 1 at the first deviation
// from the page. Other phones of this folder are made of its classes.
//
//   node protocol_client.mjs --selftest
//   node protocol_client.mjs '<daybook://enrol?…>' [--collection visit] [--fields '{"title":"…"}']
//   [--expect-row]
//
// Without --fields it fills what the schema requires; without --collection it takes the first document with a
// scope of its own.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import {realpathSync} from 'node:fs';
import tls from 'node:tls';
import {fileURLToPath} from 'node:url';
import {decode} from './canonical_cbor.mjs';
import {HeldLine, Memory} from './held_line.mjs';
import * as words from './protocol_words.mjs';

export const say = (event, details = {}) => console.log(JSON.stringify({event, ...details}));
const ANSWER_MS_MAX = 30000;
const PULLS_MAX = 200;

// --- the line ---

// One pinned TLS connection that speaks HTTP/1.1, one request at a time.
export class Line {
  static open({url, pin}) {
    const port = Number(url.port || 443);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return new Promise((resolve, reject) => {
      // Names and issuers say nothing here; the pin below is the only judge, and it judges before a byte is
      // sent.
      const socket = tls.connect({host, port, minVersion: 'TLSv1.3', rejectUnauthorized: false}, () => {
        try {
          const spki = socket.getPeerX509Certificate().publicKey.export({format: 'der', type: 'spki'});
          assert.ok(words.sha256(spki).equals(pin), 'the server is not the pinned one');
          resolve(new Line(socket, url));
        } catch (error) {
          socket.destroy();
          reject(error);
        }
      });
      socket.once('error', reject);
    });
  }

  constructor(socket, url) {
    this.socket = socket;
    this.url = url;
    this.channel = socket.exportKeyingMaterial(32, 'EXPORTER-daybook-channel');
    this.proved = false;
    this.arrived = Buffer.alloc(0);
    this.wake = () => {};
    this.ended = false;
    socket.on('data', (piece) => {
      this.arrived = Buffer.concat([this.arrived, piece]);
      this.wake();
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.ended = true;
        this.wake();
      });
    }
  }

  async until(there) {
    const deadline = Date.now() + ANSWER_MS_MAX;
    for (;;) {
      const found = there();
      if (found) return found;
      assert.ok(!this.ended, 'the server closed the connection');
      assert.ok(Date.now() < deadline, 'no answer');
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  // A message of the page goes up in a POST; nothing else has a body.
  async request(method, path, headers, body = Buffer.alloc(0)) {
    const framed = {...headers, 'Content-Type': 'application/cbor', 'Content-Length': body.length};
    this.write(method, path, method === 'POST' ? framed : headers, body);
    return await this.answer(method);
  }

  write(method, path, headers, body = Buffer.alloc(0)) {
    const lines = [`${method} ${path} HTTP/1.1`, `Host: ${this.url.host}`];
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    this.socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
  }

  async answer(method) {
    const end = await this.until(() => this.arrived.indexOf('\r\n\r\n') + 1) - 1;
    const head = this.arrived.subarray(0, end).toString('latin1').split('\r\n');
    const found = Object.fromEntries(head.slice(1).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }));
    assert.ok(!('transfer-encoding' in found), 'a reply has its length');
    const size = method === 'HEAD' ? 0 : Number(found['content-length'] ?? 0);
    await this.until(() => this.arrived.length >= end + 4 + size);
    const reply = {
      status: Number(head[0].split(' ')[1]),
      headers: found,
      body: Buffer.from(this.arrived.subarray(end + 4, end + 4 + size))
    };
    this.arrived = this.arrived.subarray(end + 4 + size);
    return reply;
  }

  close() {
    this.ended = true;
    this.socket.destroy();
  }
}

export function demand(reply, status) {
  if (reply.status === status) return reply;
  const error = reply.body.length > 0 && reply.headers['daybook-error'] ? words.read_error(reply.body) : {};
  throw new Error(`status ${reply.status}, expected ${status}: ${reply.headers['daybook-error']} ${
      JSON.stringify(error)}`);
}

// --- the phone ---

export class Phone {
  constructor(enrolment, alg) {
    this.enrolment = enrolment;
    this.key = words.new_key(alg);
    this.start = {
      incarnation: crypto.randomBytes(16),
      parent: words.ZERO_UUID,
      parent_seq: 0,
      parent_link: words.ZERO_DIGEST
    };
    this.schema = {version: 0, digest: words.ZERO_DIGEST, text: null};
    this.cursor = null;
    this.positions = [];
    this.records = new Map();  // "collection/id" to { collection, id, row, scopes: Set }
    this.receipts = [];
  }

  async reconnect() {
    this.line?.close();
    this.line = await Line.open(this.enrolment);
  }

  async enrol() {
    await this.reconnect();
    const {code} = this.enrolment;
    const key = words.public_bytes(this.key);
    const proof = words.signature(this.key, words.enrol_proof(code, key, this.line.channel));
    const request = words.enrol_request(
        {code, key, device_name: 'protocol_client', platform: `node ${process.version}`, proof});
    const reply =
        words.read_enrol_reply(demand(await this.line.request('POST', '/v1/enrol', {}, request), 200).body);
    this.device = reply.device;
    this.actor = reply.actor;
    this.newest = {
      incarnation: this.start.incarnation,
      seq: 0,
      link: words.first_link(this.device, this.start)
    };
    say('enrolled', {
      device: this.device.toString('hex'),
      actor: reply.actor,
      role: reply.role,
      schema_version: reply.schema_version
    });
    const again = await this.line.request('POST', '/v1/enrol', {}, request);
    assert.equal(again.status, 403, 'a code is good once');
  }

  async open_session() {
    await this.reconnect();
    const ask = async (nonce, proof) => words.read_session_reply(
        demand(
            await this.line.request(
                'POST', '/v1/session', {}, words.session_request({device: this.device, nonce, proof})),
            200)
            .body);
    const {nonce, token: early} = await ask(null, null);
    assert.ok(nonce !== null && early === null, 'first a nonce');
    const proof = words.signature(this.key, words.session_proof(this.device, nonce, this.line.channel));
    const reply = await ask(nonce, proof);
    assert.ok(reply.token !== null && reply.nonce === null, 'then a token');
    this.token = reply.token;
    this.line.proved = false;
    say('session', {lifetime_s: reply.lifetime_s});
    const replayed = await this.line.request(
        'POST', '/v1/session', {}, words.session_request({device: this.device, nonce, proof}));
    assert.equal(replayed.status, 401, 'a nonce is good once');
  }

  authorization(line = this.line) {
    const headers = {Authorization: `Daybook ${words.base64url(this.token)}`};
    if (!line.proved)
      headers.Proof =
          words.base64url(words.signature(this.key, words.connection_proof(this.token, line.channel)));
    line.proved = true;
    return headers;
  }

  // A stolen token without the key behind it: another connection, no proof.
  async check_token_is_bound() {
    await this.reconnect();
    const reply = await this.line.request(
        'GET', `/v1/exchange/${words.base64url(crypto.randomBytes(16))}`,
        {Authorization: `Daybook ${words.base64url(this.token)}`});
    assert.equal(reply.status, 401, 'a token without proof on its connection');
    await this.reconnect();
    say('token_is_bound');
  }

  // EXCHANGE.md on a line that holds; with `pieces` 2 the request goes in two parts.
  async exchange(path, request, pieces = 1) {
    const id = words.base64url(crypto.randomBytes(16));
    const asked = await this.line.request('GET', `/v1/exchange/${id}`, this.authorization());
    assert.equal(demand(asked, 200).headers['exchange-state'], 'received=0;reply=-', 'an unknown exchange');
    let offset = 0;
    if (pieces === 2) {
      offset = request.length >> 1;
      const part = await this.line.request(
          'POST', path, {...this.authorization(), Exchange: `${id};0;${request.length};0`},
          request.subarray(0, offset));
      assert.equal(demand(part, 202).headers['exchange-state'], `received=${offset};reply=-`);
    }
    const reply = await this.line.request(
        'POST', path, {...this.authorization(), Exchange: `${id};${offset};${request.length};0`},
        request.subarray(offset));
    demand(reply, 200);
    assert.equal(reply.headers['exchange-id'], id);
    assert.equal(reply.headers['exchange-state'], `received=${request.length};reply=${reply.body.length}`);
    assert.equal(reply.headers['exchange-digest'], words.base64url(words.sha256(reply.body)));
    assert.equal(reply.headers['content-type'], 'application/cbor');
    return reply.body;
  }

  // `ask` carries the request's message to the reply's.
  async sync({batch = null, want_digests = false, pieces = 1, ask = null} = {}) {
    const by_exchange = async (message) => words.unpack(await this.exchange('/v1/sync', words.pack(message), pieces));
    const request = crypto.randomBytes(16);
    const bytes = words.sync_request({
      request,
      device: this.device,
      newest: this.newest,
      begins: [this.start],
      schema_version: this.schema.version,
      schema_digest: this.schema.digest,
      cursor: this.cursor,
      ladder: [],
      positions: this.positions,
      batch,
      gap: null,
      witnesses: [],
      unsent: {
        sets: batch ? batch.bodies.length : 0,
        bytes: batch ? batch.bodies.reduce((n, b) => n + b.length, 0) : 0,
        attachments: 0,
        oldest_ms: batch ? Date.now() : 0
      },
      pull: true,
      page_size_max: 65536,
      want_digests,
      wall_ms: Date.now(),
    });
    const reply = words.read_sync_reply(await (ask ?? by_exchange)(bytes));
    assert.ok(reply.request.equals(request), 'somebody else was answered');
    assert.equal(reply.protocol, 1);
    assert.equal(reply.fork, null, 'this office was never restored');
    this.take_schema(reply);
    if (reply.page) this.take_page(reply.page);
    return reply;
  }

  take_schema(reply) {
    if (reply.schema === null) {
      assert.ok(reply.schema_digest.equals(this.schema.digest), 'a new schema comes in full');
      return;
    }
    assert.ok(
        words.sha256(Buffer.from(reply.schema)).equals(reply.schema_digest), 'the digest of the schema');
    this.schema = {version: reply.schema_version, digest: reply.schema_digest, text: reply.schema};
    say('schema', {version: reply.schema_version, bytes: Buffer.byteLength(reply.schema)});
  }

  take_page(page) {
    const key = ({collection, id}) => `${collection}/${id.toString('hex')}`;
    for (const entry of page.entries) {
      assert.ok(decode(entry.row) instanceof Map, 'a row is a map');
      const held = this.records.get(key(entry)) ?? {scopes: new Set()};
      entry.scopes.forEach((i) => held.scopes.add(page.scopes[i]));
      this.records.set(key(entry), {...entry, scopes: held.scopes});
    }
    const leave = (record, scope) => {
      record.scopes.delete(scope);
      if (record.scopes.size === 0) this.records.delete(key(record));
    };
    for (const left of page.left)
      if (this.records.has(key(left))) leave(this.records.get(key(left)), page.scopes[left.scope]);
    for (const scope of page.scopes_left)
      [...this.records.values()].forEach((record) => leave(record, scope));
    this.receipts.push(...page.receipts);
    this.positions = page.positions;
    if (page.complete) this.cursor = page.head;
    for (const digest of page.digests) this.check_digest(digest);
    say('page', {
      entries: page.entries.length,
      left: page.left.length,
      receipts: page.receipts.length,
      complete: page.complete,
      version: page.head.version
    });
  }

  check_digest({scope, records, digest}) {
    const held = [...this.records.values()].filter((record) => record.scopes.has(scope));
    assert.equal(held.length, records, `records in ${scope}`);
    assert.ok(words.scope_digest(held).equals(digest), `digest of ${scope}`);
    say('digest', {scope, records});
  }

  // One create, linked behind what is there, as a batch. `contents` are those that it has:
  // [{digest, size, media_type, role}].
  capture(collection, fields, contents = []) {
    const wall_ms = Date.now();
    const set = {id: words.new_id(wall_ms), record: words.new_id(wall_ms)};
    const body = words.create_body({
      id: set.id,
      salt: crypto.randomBytes(16),
      actor: this.actor,
      wall_ms,
      schema_version: this.schema.version,
      collection,
      record: set.record,
      fields,
      attachments: contents.map((content) => ({...content, collection, record: set.record}))
    });
    const previous_link = this.newest.link;
    const seq = this.newest.seq + 1;
    this.newest = {
      ...this.newest,
      seq,
      link: words.next_link(this.device, this.newest.incarnation, seq, previous_link, body)
    };
    const signature = words.signature(this.key, words.batch_proof(this.device, this.newest));
    return {
      ...set,
      batch: {incarnation: this.newest.incarnation, first_seq: seq, previous_link, bodies: [body], signature}
    };
  }

  async pull_until(there, options = {}) {
    for (let pulls = 0; pulls < PULLS_MAX; ++pulls) {
      const {page} = await this.sync(options);
      if (page.complete && there()) return;
    }
    throw new Error(`not there after ${PULLS_MAX} pulls`);
  }
}

// --- what to create ---

function sample_value(field, actor, is_scope) {
  if (is_scope) return actor;
  if (field.values) return field.values[0];
  switch (field.type) {
    case 'bool':
      return true;
    case 'text':
      return 'Node 的一张工单';
    case 'bytes':
      return Buffer.from('node');
    case 'digest':
      return words.sha256(Buffer.from('node'));
    case 'reference':
      return words.new_id(Date.now());
    case 'text_list':
    case 'reference_list':
      return [];
    default:
      return Math.max(field.min ?? 1, 1);
  }
}

export function plan_create(schema_text, actor, {collection, fields}) {
  const {collections} = JSON.parse(schema_text);
  const name = collection ??
      Object.keys(collections).find((c) => collections[c].kind === 'document' && collections[c].scope_field);
  assert.ok(name && collections[name], 'no such collection');
  const schema = collections[name];
  const needed =
      Object.entries(schema.fields).filter(([field, {required}]) => required || field === schema.scope_field);
  const filled = Object.fromEntries(
      needed.map(([field, kind]) => [field, sample_value(kind, actor, field === schema.scope_field)]));
  return {collection: name, fields: {...filled, ...fields}};
}

// --- the story ---

// The same talk on a line that is held: an empty question, a create, and a reply that leans on the one before.
async function talk_on_held_line(phone, {collection, fields}) {
  await phone.reconnect();
  const held = await HeldLine.open(phone.line, phone.authorization());
  assert.equal((await held.hear()).kind, 'bell', 'the first call says that one is heard');
  const sizes = [];
  const ask = async (message) => {
    const reply = await held.ask(message);
    sizes.push(reply.packed);
    return reply.message;
  };
  await phone.sync({ask});
  const {batch} = phone.capture(collection, fields);
  assert.equal((await phone.sync({batch, ask})).push, 'stored');
  await phone.sync({ask});
  await phone.sync({ask});
  assert.ok(sizes[3] < sizes[0] / 2, `a reply like the last one is short: ${sizes}`);
  say('held_line', {replies: sizes});
}

async function run(text, options) {
  const phone = new Phone(words.read_enrol_text(text), options.key);
  await phone.enrol();
  await phone.open_session();
  await phone.check_token_is_bound();

  const first = await phone.sync();
  assert.equal(first.push, 'nothing');
  assert.ok(
      first.stored.incarnation.equals(phone.newest.incarnation) && first.stored.seq === 0 &&
      first.stored.link.equals(phone.newest.link));
  assert.ok(phone.schema.text !== null, 'a phone without a schema gets one');
  if (!first.page.complete) await phone.pull_until(() => true);
  say('filled', {records: phone.records.size});

  const {collection, fields} = plan_create(phone.schema.text, phone.actor, options);
  const set = phone.capture(collection, fields);
  const pushed = await phone.sync({batch: set.batch, pieces: 2});
  assert.equal(pushed.push, 'stored');
  assert.ok(
      pushed.stored.seq === phone.newest.seq && pushed.stored.link.equals(phone.newest.link),
      'stored through the newest link');
  say('stored', {collection, record: set.record.toString('hex'), seq: pushed.stored.seq});

  const receipts = () => phone.receipts.filter((receipt) => receipt.set.equals(set.id));
  if (!pushed.page.complete || receipts().length === 0) await phone.pull_until(() => receipts().length > 0);
  const [receipt] = receipts();
  say('receipt', {
    verdict: receipt.verdict,
    commit: receipt.commit,
    reason: receipt.reason,
    detail: receipt.detail,
    fields: receipt.fields.map((f) => ({field: f.field, outcome: f.outcome, rule: f.rule}))
  });
  assert.equal(receipt.verdict, 'accepted');
  assert.ok(receipt.incarnation.equals(phone.newest.incarnation) && receipt.seq === set.batch.first_seq);

  const held = phone.records.get(`${collection}/${set.record.toString('hex')}`);
  if (options.expect_row) assert.ok(held, 'the created record came back');
  if (held) {
    const row = decode(held.row);
    for (const [field, value] of Object.entries(fields))
      assert.deepEqual(row.get(field), value, `field ${field}`);
    say('row', {version: held.row_version, fields: row.size});
  }

  // The reply was lost, let us say: the same bytes again, on another connection, change nothing.
  await phone.reconnect();
  const again = await phone.sync({batch: set.batch});
  assert.equal(again.push, 'stored');
  await phone.pull_until(() => true, {want_digests: true});
  assert.equal(receipts().length, 1, 'one receipt, however often it was sent');
  await talk_on_held_line(phone, plan_create(phone.schema.text, phone.actor, options));
  phone.line.close();
  say('done', {records: phone.records.size, receipts: phone.receipts.length});
}

function options_of(args) {
  const options = {fields: {}, collection: null, expect_row: false, key: 'ed25519'};
  for (let i = 0; i < args.length; ++i) {
    if (args[i] === '--expect-row')
      options.expect_row = true;
    else if (args[i] === '--key')
      options.key = args[++i];
    else if (args[i] === '--collection')
      options.collection = args[++i];
    else if (args[i] === '--fields')
      options.fields = JSON.parse(args[++i]);
    else
      throw new Error(`does not understand ${args[i]}`);
  }
  return options;
}

async function main() {
  const [what, ...rest] = process.argv.slice(2);
  assert.ok(
      what,
      'usage: protocol_client.mjs --selftest | <enrolment text> ' +
          '[--key es256] [--collection c] [--fields json] [--expect-row]');
  if (what === '--selftest')
    say('selftest', {vectors: words.selftest(new Memory())});
  else
    await run(what, options_of(rest));
}

export function fail(error) {
  const where = error.stack?.split('\n').find((line) => line.startsWith('    at '));
  say('failed', {why: error.message, where: where?.trim()});
  process.exitCode = 1;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main().catch(fail);

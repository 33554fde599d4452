#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Phones that bring their attachments with tus-js-client, to prove that the lane (core/wire/ATTACHMENTS.md) is tus and
// not only what our own phone makes of it; and that it holds against a client that lies. Started by tus_test.py, which
// then looks at headquarters. Prints one JSON object a line; goes through all stories, ends with status 1 when one of
// them found a deviation.
//
//   node tus_client.mjs <folder with node_modules> <enrolment text> <enrolment text of another technician>
//
// Every content that the office must have in the end is written to <folder>/contents/<its digest>.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';

import {demand, fail, Phone, plan_create, say} from './protocol_client.mjs';
import * as words from './protocol_words.mjs';
import {Lane} from './tus_lane.mjs';

const ROOT = '/v1/attachments';
const TUS = {'Tus-Resumable': '1.0.0'};
const PIECE = {...TUS, 'Content-Type': 'application/offset+octet-stream'};
const CHUNK = 300000;
const SIZE_MAX = 2 * 1024 ** 3;
const PIECE_MAX = 4 * 1024 ** 2;
const RETRY_MS = [0, 100, 300, 1000, 3000];

const [folder, ...texts] = process.argv.slice(2);
const tus = createRequire(path.join(folder, 'package.json'))('tus-js-client');

const rest_ms = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const base64 = (bytes) => Buffer.from(bytes).toString('base64');

class Content {
  constructor(bytes) {
    this.bytes = bytes;
    this.size = bytes.length;
    this.digest = words.sha256(bytes);
    this.hex = this.digest.toString('hex');
    this.path = `${ROOT}/${this.hex}`;
  }

  // What tus-js-client makes of {sha256: this.hex}.
  get metadata() {
    return `sha256 ${base64(this.hex)}`;
  }

  keep() {
    writeFileSync(path.join(folder, 'contents', this.hex), this.bytes);
  }
}

const content_of = (size) => new Content(crypto.randomBytes(size));

// --- the phone ---

async function new_phone(text) {
  const phone = new Phone(words.read_enrol_text(text), 'ed25519');
  await phone.enrol();
  await phone.open_session();
  await phone.pull_until(() => true);
  phone.lane = new Lane(phone);
  return phone;
}

// One set with a new record that has these contents; back when the office holds it and has decided.
async function name_contents(phone, contents) {
  const {collection, fields} = plan_create(phone.schema.text, phone.actor, {collection: null, fields: {}});
  const attachments =
      contents.map(({digest, size}) => ({digest, size, media_type: 'image/jpeg', role: 'evidence'}));
  const {id, batch} = phone.capture(collection, fields, attachments);
  assert.equal((await phone.sync({batch})).push, 'stored');
  const receipt = () => phone.receipts.find(({set}) => set.equals(id));
  await phone.pull_until(receipt);
  assert.equal(receipt().verdict, 'accepted');
}

// tus-js-client brings it. Resolves with the Upload, rejects with its error.
function bring(phone, content, options = {}) {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(content.bytes, {
      endpoint: new URL(ROOT, phone.enrolment.url).href,
      httpStack: phone.lane,
      metadata: {sha256: content.hex},
      chunkSize: CHUNK,
      retryDelays: RETRY_MS,
      storeFingerprintForResuming: false,
      onSuccess: () => resolve(upload),
      onError: reject,
      ...options
    });
    upload.start();
  });
}

function check_refusal({status, headers, body}, expected, code, field) {
  const told = headers['daybook-error'] ? words.read_error(body) : {};
  assert.deepEqual([status, headers['daybook-error'], told.field], [expected, code, field]);
}

// tus-js-client hears a final word: it gives up at once.
async function check_refused(phone, content, options, status, code, field) {
  const number = phone.lane.asked.length;
  const error = await bring(phone, content, options).then(() => assert.fail('it was taken'), (why) => why);
  assert.ok(error.originalResponse, `no answer: ${error.message}`);
  check_refusal(error.originalResponse.getUnderlyingObject(), status, code, field);
  const answers = phone.lane.asked.slice(number).map((one) => one.status);
  assert.equal(answers.indexOf(status), answers.length - 1, `a final word, at once: ${answers}`);
}

async function offset_of(phone, content) {
  const reply = demand(await phone.lane.ask('HEAD', content.path, TUS), 200);
  assert.equal(reply.headers['upload-length'], String(content.size));
  assert.equal(reply.headers['cache-control'], 'no-store');
  return Number(reply.headers['upload-offset']);
}

const put_piece = (phone, content, offset, piece, headers = {}) =>
    phone.lane.ask('PATCH', content.path, {...PIECE, 'Upload-Offset': offset, ...headers}, piece);

function check_offset(reply, status, offset) {
  assert.deepEqual([reply.status, reply.headers['upload-offset']], [status, String(offset)]);
}

// --- what a tus client does ---

async function in_one_piece({li, small}) {
  const metadata = {filename: '配电箱 1.jpg', sha256: small.hex, seen: ''};
  const upload = await bring(li, small, {chunkSize: Infinity, metadata});
  assert.equal(new URL(upload.url).pathname, small.path);
  assert.deepEqual(li.lane.asked.map(({method, status}) => `${method} ${status}`), ['POST 201', 'PATCH 204']);
  assert.equal(await offset_of(li, small), small.size);
}

async function broken_off_and_resumed({li, large}) {
  const number = li.lane.asked.length;
  let kept = 0;
  const url = await new Promise((resolve, reject) => {
    const upload = new tus.Upload(large.bytes, {
      endpoint: new URL(ROOT, li.enrolment.url).href,
      httpStack: li.lane,
      metadata: {sha256: large.hex},
      chunkSize: CHUNK,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onError: reject,
      onSuccess: () => reject(new Error('it was to break off in the middle')),
      onChunkComplete: (_, accepted) => { kept = accepted; },
      onProgress: (sent) => {
        if (sent > 8 * CHUNK + CHUNK / 2) upload.abort().then(() => resolve(upload.url));
      }
    });
    upload.start();
  });
  assert.equal(kept, 8 * CHUNK, 'eight pieces and a part of the ninth');
  await rest_ms(300);
  const resumed = li.lane.asked.length;
  await bring(li, large, {endpoint: null, uploadUrl: url});
  const [first, ...rest] = li.lane.asked.slice(resumed);
  assert.equal(first.method, 'HEAD', 'it asks how far it was');
  assert.ok(rest.every(({method, offset}) => method !== 'PATCH' || offset >= kept), 'what is kept stays kept');
  // A piece that crossed with the end of the line before is one more.
  const crossed = rest.filter(({status}) => status === 409 || status === 503).length;
  const again = li.lane.sent_since(number) - large.size;
  assert.ok(again <= CHUNK * (1 + crossed), `${again} bytes went twice`);
  say('resumed', {kept, went_twice: again, crossed});
}

async function created_with_its_first_piece({li, one_go, pieces}) {
  const number = li.lane.asked.length;
  await bring(li, one_go, {uploadDataDuringCreation: true, chunkSize: Infinity});
  await bring(li, pieces, {uploadDataDuringCreation: true});
  const asked = li.lane.asked.slice(number).map(({method, status}) => `${method} ${status}`);
  assert.deepEqual(asked, ['POST 201', 'POST 201', 'PATCH 204', 'PATCH 204'], 'no piece beside those that are needed');
}

async function nothing_in_it({li, empty}) {
  await bring(li, empty);
  assert.equal(await offset_of(li, empty), 0);
}

// An app that forgot the address of its upload begins anew, and goes on where it was.
async function begun_again({li, forgotten}) {
  demand(await li.lane.ask('POST', ROOT, {
    ...TUS, 'Upload-Length': forgotten.size, 'Upload-Metadata': forgotten.metadata
  }), 201);
  check_offset(await put_piece(li, forgotten, 0, forgotten.bytes.subarray(0, CHUNK)), 204, CHUNK);
  const number = li.lane.asked.length;
  await bring(li, forgotten, {uploadDataDuringCreation: true});
  assert.ok(li.lane.asked.slice(number).every(({method, offset}) => method !== 'PATCH' || offset >= CHUNK));
  const whole = li.lane.asked.length;
  await bring(li, forgotten);
  assert.ok(li.lane.asked.slice(whole).every(({status}) => status !== 204), 'whole is whole');
}

async function given_up({li, given_up}) {
  check_offset(await put_piece(li, given_up, 0, given_up.bytes.subarray(0, 1000)), 204, 1000);
  const url = new URL(given_up.path, li.enrolment.url).href;
  await tus.Upload.terminate(url, {httpStack: li.lane, retryDelays: null});
  assert.equal(await offset_of(li, given_up), 0, 'what was kept is gone');
  await bring(li, given_up);
  await tus.Upload.terminate(url, {httpStack: li.lane, retryDelays: null});
  assert.equal(await offset_of(li, given_up), given_up.size, 'a content that is whole stays');
}

async function a_line_that_breaks({li, cut}) {
  const settle = async (wanted) => {
    for (let tries = 0; tries < 50 && await offset_of(li, cut) !== wanted; ++tries) await rest_ms(100);
    assert.equal(await offset_of(li, cut), wanted);
  };
  const at = (offset) => ({...PIECE, 'Upload-Offset': offset});
  await li.lane.break_off(cut.path, at(0), 100000, cut.bytes.subarray(0, 60000));
  await settle(60000);
  const checksum = `sha256 ${base64(words.sha256(cut.bytes.subarray(60000, 160000)))}`;
  const headers = {...at(60000), 'Upload-Checksum': checksum};
  await li.lane.break_off(cut.path, headers, 100000, cut.bytes.subarray(60000, 110000));
  await rest_ms(500);
  await settle(60000);
  await bring(li, cut, {endpoint: null, uploadUrl: new URL(cut.path, li.enrolment.url).href});
}

// --- what the extensions promise ---

async function what_the_office_offers({li}) {
  const {headers} = demand(await li.lane.ask('OPTIONS', ROOT), 204);
  const list = (name) => headers[name].split(',').sort();
  assert.deepEqual(list('tus-version'), ['1.0.0']);
  assert.deepEqual(
      list('tus-extension'), ['checksum', 'creation', 'creation-with-upload', 'expiration', 'termination']);
  assert.deepEqual(list('tus-checksum-algorithm'), ['sha256']);
  assert.equal(headers['tus-max-size'], String(SIZE_MAX));
}

async function another_version({li, summed}) {
  await check_refused(li, summed, {headers: {'Tus-Resumable': '0.2.2'}}, 412, 'not_supported', 'tus-resumable');
  const newer = {'Tus-Resumable': '2.0.0'};
  const replies = [
    await put_piece(li, summed, 0, summed.bytes.subarray(0, 1000), newer),
    await li.lane.ask('HEAD', summed.path, newer), await li.lane.ask('DELETE', summed.path, newer),
    await li.lane.ask('HEAD', summed.path)
  ];
  for (const {status, headers} of replies) assert.deepEqual([status, headers['tus-version']], [412, '1.0.0']);
  assert.equal(await offset_of(li, summed), 0, 'nothing was done');
}

async function checksums({li, summed}) {
  const half = summed.bytes.subarray(0, 100000);
  const sum = (bytes) => ({'Upload-Checksum': `sha256 ${base64(words.sha256(bytes))}`});
  const wrong = await put_piece(li, summed, 0, half, sum(summed.bytes));
  assert.equal(wrong.status, 460);
  assert.equal(await offset_of(li, summed), 0);
  for (const odd of ['sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=', 'sha256', `sha256 ${base64('short')}`]) {
    const refused = await put_piece(li, summed, 0, half, {'Upload-Checksum': odd});
    check_refusal(refused, 400, 'invalid', 'upload-checksum');
  }
  assert.equal(await offset_of(li, summed), 0);
  check_offset(await put_piece(li, summed, 0, half, sum(half)), 204, half.length);
  const rest = summed.bytes.subarray(half.length);
  assert.equal((await put_piece(li, summed, half.length, rest, sum(half))).status, 460);
  assert.equal(await offset_of(li, summed), half.length);
  check_offset(await put_piece(li, summed, half.length, rest, sum(rest)), 204, summed.size);
}

// What tus 1.0 demands of every server, beside what tus-js-client finds out by itself.
async function metadata_comes_back({li, small}) {
  const {headers} = demand(await li.lane.ask('HEAD', small.path, TUS), 200);
  assert.match(headers['upload-metadata'] ?? 'no Upload-Metadata', new RegExp(`(^|,) ?${small.metadata}(,|$)`));
}

async function another_kind_of_piece({li, forged}) {
  const reply = await put_piece(li, forged, 0, forged.bytes, {'Content-Type': 'application/octet-stream'});
  assert.equal(await offset_of(li, forged), 0);
  check_refusal(reply, 415, 'invalid', 'content-type');
}

async function more_than_the_most({li, forged}) {
  const headers = {...TUS, 'Upload-Length': SIZE_MAX + 1, 'Upload-Metadata': forged.metadata};
  check_refusal(await li.lane.ask('POST', ROOT, headers), 413, 'too_large', 'content');
}

// For who sits behind something that lets no PATCH through.
async function patch_in_a_post({li, overridden}) {
  await bring(li, overridden, {overridePatchMethod: true});
  assert.ok(li.lane.asked.slice(-2).every(({method}) => method === 'POST'));
  assert.equal(await offset_of(li, overridden), overridden.size);
}

// --- a client that lies ---

async function other_bytes({li, forged}) {
  for (const options of [{}, {chunkSize: 10000}, {uploadDataDuringCreation: true}]) {
    const lie = {...forged, bytes: crypto.randomBytes(forged.size)};
    await check_refused(li, lie, options, 403, 'wrong_hash', 'content');
    assert.equal(await offset_of(li, forged), 0, 'nothing is kept');
  }
}

async function what_nobody_named({li, wang, large}) {
  const stranger = content_of(1000);
  await check_refused(li, stranger, {}, 404, 'not_found', 'content');
  await check_refused(li, stranger, {uploadDataDuringCreation: true}, 404, 'not_found', 'content');
  check_refusal(await put_piece(li, stranger, 0, stranger.bytes), 404, 'not_found', 'content');
  assert.equal((await li.lane.ask('HEAD', stranger.path, TUS)).status, 404);
  // Nor does one learn what somebody else brought.
  await check_refused(wang, large, {headers: {'Daybook-May-Prove': '1'}}, 404, 'not_found', 'content');
  assert.equal((await wang.lane.ask('HEAD', large.path, TUS)).status, 404);
  assert.equal((await wang.lane.ask('GET', large.path, {Range: 'bytes=0-9'})).status, 404);
}

async function another_length({li, forged}) {
  for (const size of [forged.size - 1, forged.size + 1]) {
    const cut = {...forged, bytes: Buffer.alloc(size)};
    await check_refused(li, cut, {}, 400, 'invalid', 'upload-length');
  }
  const named = {...TUS, 'Upload-Metadata': forged.metadata};
  for (const length of ['-1', '+5', '0x10', '1e3', '18446744073709551617', '']) {
    const reply = await li.lane.ask('POST', ROOT, {...named, 'Upload-Length': length});
    check_refusal(reply, 400, 'invalid', 'upload-length');
  }
  await check_refused(li, forged, {uploadLengthDeferred: true}, 400, 'invalid', 'upload-length');
}

async function pieces_out_of_place({li, forged}) {
  check_offset(await put_piece(li, forged, 10, forged.bytes.subarray(0, 10)), 409, 0);
  check_offset(await put_piece(li, forged, 0, forged.bytes.subarray(0, 100)), 204, 100);
  check_offset(await put_piece(li, forged, 0, forged.bytes.subarray(0, 100)), 409, 100);
  check_offset(await put_piece(li, forged, forged.size, forged.bytes.subarray(0, 1)), 409, 100);
  check_refusal(await put_piece(li, forged, 100, forged.bytes), 413, 'too_large', 'body');
  for (const odd of ['', '-1', '+100', '100.0', 'x'])
    check_refusal(await put_piece(li, forged, odd, forged.bytes.subarray(0, 1)), 400, 'invalid', 'upload-offset');
  check_offset(await put_piece(li, forged, 100, Buffer.alloc(0)), 204, 100);
  assert.equal(await offset_of(li, forged), 100);
  demand(await li.lane.ask('DELETE', forged.path, TUS), 204);
}

async function odd_names({li, forged}) {
  const length = {...TUS, 'Upload-Length': forged.size};
  const odd = ['', 'filename eA==', 'sha256', 'sha256 ', 'sha256 ***', `sha256 ${base64('abc')}`,
               `sha256 ${base64(`${forged.hex}00`)}`];
  for (const metadata of odd) {
    const reply = await li.lane.ask('POST', ROOT, {...length, 'Upload-Metadata': metadata});
    assert.deepEqual([reply.status, reply.headers['daybook-error']], [400, 'invalid'], `metadata: ${metadata}`);
  }
  for (const name of ['x', `${forged.hex}0`, `${forged.hex}/`, 'proof'])
    assert.equal((await li.lane.ask('HEAD', `${ROOT}/${name}`, TUS)).status, 400, name);
  const concat = {...length, 'Upload-Metadata': forged.metadata, 'Upload-Length': 10, 'Upload-Concat': 'partial'};
  check_refusal(await li.lane.ask('POST', ROOT, concat), 400, 'invalid', 'upload-length');
}

// Who leaves tus-js-client at its default, no limit of a chunk, hears of the limit at once and not piece by piece.
async function all_at_once({li, unhurried}) {
  await check_refused(li, unhurried, {chunkSize: Infinity}, 413, 'too_large', 'body');
  assert.equal(await offset_of(li, unhurried), 0);
  await bring(li, unhurried, {chunkSize: PIECE_MAX});
  assert.equal(li.lane.asked.at(-2).bytes, PIECE_MAX);
}

async function two_at_once({li, doubled}) {
  const other = new Lane(li);
  const half = doubled.bytes.subarray(0, 150000);
  const replies = await Promise.all([
    put_piece(li, doubled, 0, half), put_piece({lane: other}, doubled, 0, half)
  ]);
  const statuses = replies.map(({status}) => status).sort();
  assert.ok(statuses[0] === 204 && [409, 503].includes(statuses[1]), `one of the two: ${statuses}`);
  assert.equal(await offset_of(li, doubled), half.length);
  other.close();
  const uploadUrl = new URL(doubled.path, li.enrolment.url).href;
  await bring(li, doubled, {endpoint: null, uploadUrl});
}

async function without_a_proof({li, wang, small}) {
  const {token} = li;
  li.lane.close();
  const line = await li.lane.connection();
  line.proved = true;
  const reply = await li.lane.ask('HEAD', small.path, TUS);
  assert.deepEqual([reply.status, reply.headers['daybook-error']], [401, 'unauthorized']);
  li.lane.close();
  // A token that somebody else stole, proved with a key of their own.
  const thief = {...wang, lane: null, token};
  const lane = new Lane(Object.assign(Object.create(Phone.prototype), thief));
  assert.equal((await lane.ask('HEAD', small.path, TUS)).status, 401);
  lane.close();
}

// --- another technician has the same content ---

async function may_prove(phone, content) {
  const options = {headers: {'Daybook-May-Prove': '1'}, retryDelays: null};
  const error = await bring(phone, content, options).then(() => assert.fail('it was taken'), (why) => why);
  const reply = error.originalResponse.getUnderlyingObject();
  assert.equal(reply.status, 409);
  const nonce = Buffer.from(reply.headers['daybook-challenge'], 'base64url');
  assert.equal(nonce.length, 32);
  return nonce;
}

async function proved_instead_of_brought({li, wang, small, one_go}) {
  await check_refused(wang, small, {headers: {'Daybook-May-Prove': '1'}}, 404, 'not_found', 'content');
  await name_contents(wang, [small, one_go]);
  const number = wang.lane.asked.length;
  const prove = (proof) => wang.lane.ask('POST', `${small.path}/proof`, TUS, proof);
  const proof_of = (nonce, device = wang.device, bytes = small.bytes) => words.possession_proof(nonce, device, bytes);

  check_refusal(await prove(proof_of(Buffer.alloc(32))), 400, 'invalid', 'proof');
  // Neither what the first phone would say, nor a guess from the digest, nor all but a byte.
  for (const [device, bytes] of [[li.device, small.bytes], [wang.device, small.digest],
                                 [wang.device, small.bytes.subarray(1)]]) {
    const nonce = await may_prove(wang, small);
    check_refusal(await prove(proof_of(nonce, device, bytes)), 403, 'forbidden', 'proof');
    check_refusal(await prove(proof_of(nonce)), 400, 'invalid', 'proof');
    assert.equal(await offset_of(wang, small), 0);
  }
  const old = await may_prove(wang, small);
  const nonce = await may_prove(wang, small);
  assert.ok(!nonce.equals(old));
  demand(await prove(proof_of(nonce)), 204);
  assert.equal(await offset_of(wang, small), small.size);
  await bring(wang, small, {uploadUrl: new URL(small.path, wang.enrolment.url).href});
  const proofs = wang.lane.asked.slice(number).filter(({path: asked}) => asked.endsWith('/proof'));
  assert.equal(wang.lane.sent_since(number), 32 * proofs.length, 'not a byte of the content went');

  // Who does not say that it may prove brings the bytes.
  await bring(wang, one_go, {chunkSize: Infinity});
  assert.equal(wang.lane.asked.at(-1).bytes, one_go.size);
}

async function read_by_phones({li, wang, small, large}) {
  for (const phone of [li, wang]) {
    const reply = demand(await phone.lane.ask('GET', small.path), 200);
    assert.ok(reply.body.equals(small.bytes));
    assert.equal(reply.headers.etag, `"${small.hex}"`);
  }
  const part = demand(await li.lane.ask('GET', large.path, {Range: 'bytes=1000-1999'}), 206);
  assert.ok(part.body.equals(large.bytes.subarray(1000, 2000)));
  assert.equal(part.headers['content-range'], `bytes 1000-1999/${large.size}`);
}

// --- all of it ---

const STORIES = [
  in_one_piece, broken_off_and_resumed, created_with_its_first_piece, nothing_in_it, begun_again, given_up,
  a_line_that_breaks, what_the_office_offers, another_version, checksums, metadata_comes_back, another_kind_of_piece,
  more_than_the_most, patch_in_a_post, other_bytes, what_nobody_named, another_length, pieces_out_of_place, odd_names,
  all_at_once, two_at_once, without_a_proof, proved_instead_of_brought, read_by_phones
];

async function main() {
  assert.equal(texts.length, 2, 'usage: tus_client.mjs <folder> <enrolment text> <enrolment text>');
  mkdirSync(path.join(folder, 'contents'), {recursive: true});
  const sizes = {
    small: 40000,
    large: 5 * 1024 ** 2,
    one_go: 700000,
    pieces: 2 * CHUNK + 1,
    empty: 0,
    forgotten: 2 * CHUNK,
    given_up: 5000,
    cut: 200000,
    summed: 250000,
    overridden: 50000,
    unhurried: PIECE_MAX + 1000,
    doubled: 200000
  };
  const brought = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, content_of(size)]));
  const [li, wang] = [await new_phone(texts[0]), await new_phone(texts[1])];
  const here = {...brought, forged: content_of(30000), li, wang};
  await name_contents(li, [here.small, here.large]);
  const {small, large, ...others} = brought;
  await name_contents(li, [...Object.values(others), here.forged]);
  for (const content of Object.values(brought)) content.keep();
  for (const story of STORIES) {
    await story(here).then(() => say('story', {name: story.name}), (error) => {
      say('deviation', {story: story.name});
      fail(error);
    });
  }
  for (const phone of [li, wang]) {
    phone.lane.close();
    phone.line.close();
  }
  say('done', {never_there: here.forged.hex});
}

await main().catch(fail);

// SPDX-License-Identifier: Apache-2.0
// The lane of attachments (core/wire/ATTACHMENTS.md) of a phone of protocol_client.mjs: a connection of its own, proved
// like the other one, and the HttpStack through which tus-js-client sends over it. What tus says is left to
// tus-js-client; only who is asking is added here. Used by tus_client.mjs.
import assert from 'node:assert/strict';
import {Line} from './protocol_client.mjs';

const SLICE = 64 * 1024;
const WITH_BODY = ['POST', 'PATCH'];
export const NOTHING = Buffer.alloc(0);

export class Lane {
  asked = [];  // every request: {method, path, offset, bytes, status}
  line = null;

  constructor(phone) {
    this.phone = phone;
  }

  async connection() {
    if (!this.line || this.line.ended) this.line = await Line.open(this.phone.enrolment);
    return this.line;
  }

  // `told` hears how much of the body went.
  async ask(method, path, headers = {}, body = NOTHING, told = () => {}) {
    const line = await this.connection();
    const note = {method, path, offset: Number(headers['Upload-Offset']), bytes: 0, status: 0};
    this.asked.push(note);
    const framed = WITH_BODY.includes(method) ? {...headers, 'Content-Length': body.length} : headers;
    line.write(method, path, {...this.phone.authorization(line), ...framed});
    while (note.bytes < body.length && !line.ended) {
      const slice = body.subarray(note.bytes, note.bytes + SLICE);
      await new Promise((resolve) => line.socket.write(slice, resolve));
      note.bytes += slice.length;
      told(note.bytes);
    }
    const reply = await line.answer(method);
    note.status = reply.status;
    if (reply.headers.connection === 'close') line.close();
    const of_tus = method !== 'GET' && method !== 'OPTIONS';
    if (of_tus) assert.equal(reply.headers['tus-resumable'], '1.0.0', `${method} is answered in tus`);
    return reply;
  }

  // The head says `promised` bytes, the line breaks after those of `piece`.
  async break_off(path, headers, promised, piece) {
    const line = await this.connection();
    const framed = {...this.phone.authorization(line), ...headers, 'Content-Length': promised};
    line.write('PATCH', path, framed, piece);
    await new Promise((resolve) => line.socket.end(resolve));
    line.ended = true;
  }

  // How many bytes of contents went up since the request of that number.
  sent_since(number) {
    return this.asked.slice(number).reduce((sum, {bytes}) => sum + bytes, 0);
  }

  close() {
    this.line?.close();
  }

  // --- what tus-js-client wants of an HttpStack ---

  getName() {
    return 'Lane';
  }

  createRequest(method, url) {
    return new TusRequest(this, method, url);
  }
}

class TusRequest {
  headers = {};
  told = () => {};

  constructor(lane, method, url) {
    Object.assign(this, {lane, method, url});
  }

  getMethod() {
    return this.method;
  }

  getURL() {
    return this.url;
  }

  setHeader(name, value) {
    this.headers[name] = value;
  }

  getHeader(name) {
    return this.headers[name];
  }

  setProgressHandler(told) {
    this.told = told;
  }

  async send(body) {
    const path = new URL(this.url).pathname;
    const reply = await this.lane.ask(this.method, path, this.headers, body ?? NOTHING, this.told);
    return {
      getStatus: () => reply.status,
      getHeader: (name) => reply.headers[name.toLowerCase()],
      getBody: () => reply.body.toString('latin1'),
      getUnderlyingObject: () => reply
    };
  }

  async abort() {
    this.lane.close();
  }

  getUnderlyingObject() {
    return this;
  }
}

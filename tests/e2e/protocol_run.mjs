#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Starts a daybookd of its own on a free port, makes two technicians and their enrolment codes through the API of
// headquarters, and lets protocol_client.mjs be their phones, one with a key of each algorithm. Run by ctest with DAYBOOK_BIN set;
// everything it makes lies in a temporary folder.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import https from 'node:https';
import {tmpdir} from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import {fileURLToPath} from 'node:url';

const WAIT_MS_MAX = 60000;
const daybookd = path.join(process.env.DAYBOOK_BIN ?? 'build/dev/bin', 'daybookd');
const client = fileURLToPath(new URL('protocol_client.mjs', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'daybook-protocol-'));
const directory = path.join(folder, 'office');

function init_office() {
  const password_file = path.join(folder, 'password');
  writeFileSync(password_file, 'a password for a test\n', {mode: 0o600});
  const options = {'--dir': directory, '--name': 'localhost', '--port': '0', '--admin': 'admin'};
  execFileSync(daybookd, [
    'init', '--admin-password-file', password_file, ...Object.entries(options).flat()
  ]);
}

// Resolves with the process and its address once it says that it is ready.
function serve_office() {
  const office = spawn(daybookd, ['serve', '--dir', directory], {stdio: ['ignore', 'pipe', 'pipe']});
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the server is not ready')), WAIT_MS_MAX);
    const listen = (line) => {
      if (!line.includes('"server.ready"')) return;
      clearTimeout(timer);
      resolve({office, url: JSON.parse(line).url});
    };
    readline.createInterface({input: office.stdout}).on('line', listen);
    readline.createInterface({input: office.stderr}).on('line', listen);
    office.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

// Headquarters' own API. Its certificate is not looked at here: this script made it a second ago.
function ask(url, target, body, token) {
  const headers = {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)};
  if (token) headers.Authorization = `Bearer ${token}`;
  return new Promise((resolve, reject) => {
    const request =
        https.request(new URL(target, url), {method: 'POST', headers, rejectUnauthorized: false});
    request.on('error', reject);
    request.on('response', (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        if (response.statusCode >= 300) return reject(new Error(`${target}: ${response.statusCode} ${text}`));
        return resolve(JSON.parse(text));
      });
    });
    request.end(body);
  });
}

async function enrolment_texts(url, actors) {
  const post = (target, body, token) => ask(url, target, JSON.stringify(body), token);
  const {token} = await post('/api/login', {user: 'admin', password: 'a password for a test'});
  const texts = [];
  for (const actor of actors) {
    await post('/api/users', {actor, display_name: actor, role: 'technician'}, token);
    texts.push((await post('/api/enrolments', {actor}, token)).code);
  }
  return texts;
}

function run_client(text, key) {
  const phone = spawn(process.execPath, [client, text, '--expect-row', '--key', key], {stdio: 'inherit'});
  return new Promise((resolve) => phone.on('exit', resolve));
}

let office = null;
try {
  init_office();
  const served = await serve_office();
  office = served.office;
  office.removeAllListeners('exit');
  const [first, second] = await enrolment_texts(served.url, ['li.wei', 'wang.fang']);
  assert.equal(await run_client(first, 'ed25519'), 0, 'the phone found a deviation');
  assert.equal(await run_client(second, 'es256'), 0, 'the phone with an ES256 key found a deviation');
} catch (error) {
  console.log(JSON.stringify({event: 'failed', why: error.message}));
  process.exitCode = 1;
} finally {
  if (office) {
    office.kill('SIGTERM');
    await new Promise((resolve) => office.once('exit', resolve));
  }
  rmSync(folder, {recursive: true, force: true});
}

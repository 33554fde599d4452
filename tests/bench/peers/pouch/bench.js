// SPDX-License-Identifier: Apache-2.0
// PouchDB (leveldb) against express-pouchdb: one scenario a process, one JSON line a measurement.
//   node bench.js prep|s1..s8 [COUNT]
// BATCH is the replication batch size (default 1000, the fastest), SYNC=1 patches leveldb to sync every write,
// KILL_MS says when s8 kills the server. README.md of the folder above says what the scenarios are.
'use strict';
const fs = require('fs');
const path = require('path');
const M = require('./measure.js');

const PORT = 5999;
const REMOTE = `http://127.0.0.1:${PORT}/visits`;
const peer = 'pouchdb';
const scenario = process.argv[2];
const count = +process.argv[3] || 1000;
const replication = { batch_size: +process.env.BATCH || 1000, batches_limit: 10 };
const variant = `batch_size=${replication.batch_size}`;
const place = (name) => path.join(M.work, name);

// leveldb as PouchDB uses it is written without fsync; this shows what it costs with.
function syncEveryWrite() {
  const Level = M.need('leveldown').prototype;
  const { _batch, _put, _chainedBatch } = Level;
  Level._batch = function (ops, options, done) {
    return _batch.call(this, ops, { ...options, sync: true }, done);
  };
  Level._put = function (key, value, options, done) {
    return _put.call(this, key, value, { ...options, sync: true }, done);
  };
  Level._chainedBatch = function () {
    const batch = _chainedBatch.call(this);
    const { _write } = batch;
    batch._write = function (options, done) {
      return _write.call(this, { ...options, sync: true }, done);
    };
    return batch;
  };
}
if (process.env.SYNC) syncEveryWrite();
const PouchDB = M.need('pouchdb');
require('events').setMaxListeners(0);
if (PouchDB.setMaxListeners) PouchDB.setMaxListeners(0);
fs.mkdirSync(M.work, { recursive: true });

const open = (name) => new PouchDB(place(name));
const openFresh = (name) => {
  M.remove(place(name));
  return open(name);
};
const remote = () => new PouchDB(REMOTE, { skip_setup: false });
const countDocs = async (db) => (await db.info()).doc_count;
const toDocs = (records) => records.map((record) => ({ _id: record.id, type: record.c, ...record.d }));

// One put, or bulkDocs for a unit of several records: PouchDB has no atomic write of several documents.
async function writeUnit(db, unit) {
  const docs = [];
  for (const op of unit.ops) {
    if (op.op === 'put') docs.push({ _id: op.id, type: op.c, ...op.d });
    else docs.push(Object.assign(await db.get(op.id), op.d));
  }
  const results = docs.length === 1 ? [await db.put(docs[0])] : await db.bulkDocs(docs);
  for (const result of results) if (result.error) throw result;
}

const startServer = (base) => {
  M.remove(place('srv'));
  if (base) fs.cpSync(place(base), place('srv'), { recursive: true });
  return M.startServer(path.join(__dirname, 'server.js'), [PORT, place('srv')]);
};
const restartServer = () => M.startServer(path.join(__dirname, 'server.js'), [PORT, place('srv')]);

async function openPair() {
  const a = openFresh('A');
  const b = openFresh('B');
  await a.replicate.from(remote(), { batch_size: 1000 });
  await b.replicate.from(remote(), { batch_size: 1000 });
  return [a, b];
}

const scenarios = {
  // The client's database with all units in it.
  async prep() {
    const db = openFresh('c' + count);
    for (const unit of M.loadUnits(`w${count}.ndjson`)) await writeUnit(db, unit);
    await db.close();
  },

  async s1() {
    const units = M.loadUnits(`w${count}.ndjson`);
    const db = openFresh('s1');
    await db.info();
    const latencies = [];
    const section = await M.begin();
    for (const unit of units) {
      const began = performance.now();
      await writeUnit(db, unit);
      latencies.push(performance.now() - began);
    }
    const wall = section.seconds();
    await section.finish({
      peer,
      s: 'S1',
      n: count,
      variant: process.env.SYNC ? 'leveldb sync=true (patched)' : 'leveldb default (no fsync)',
      visits_s: Math.round(count / wall),
      units_s: Math.round(units.length / wall),
      p50_ms: M.percentile(latencies, 0.5),
      p99_ms: M.percentile(latencies, 0.99),
    });
  },

  // Leaves the server's files as the base of s3, s4 and s5.
  async s2() {
    const db = open('c' + count);
    await db.info();
    const server = await startServer();
    const section = await M.begin(server);
    const done = await db.replicate.to(remote(), replication);
    await section.finish({ peer, s: 'S2', n: count, variant, docs_written: done.docs_written }, count * 4);
    await server.stop();
    M.remove(place('base' + count));
    fs.cpSync(place('srv'), place('base' + count), { recursive: true });
  },

  async s3() {
    const server = await startServer('base' + count);
    const db = openFresh('fresh');
    await db.info();
    await remote().info();
    const section = await M.begin(server);
    const done = await db.replicate.from(remote(), replication);
    await section.finish({ peer, s: 'S3', n: count, variant, docs_written: done.docs_written }, count * 4);
    await server.stop();
  },

  async s4() {
    const server = await startServer('base1000');
    const [a, b] = await openPair();
    const docs = (await a.allDocs({ include_docs: true, limit: 2000 })).rows.map((row) => row.doc);
    const visits = docs.filter((doc) => doc.type === 'visits').slice(0, 400);
    const live = [a, b].map((db) => db.sync(REMOTE, { live: true, retry: true }));
    live.forEach((sync) => sync.on('error', console.error));
    let wake;
    const awaited = {};
    b.changes({ live: true, since: 'now', include_docs: true }).on('change', (change) => {
      if (change.id === awaited.id && change.doc.status === awaited.status) wake();
    });
    await M.sleep(2500);
    const latencies = [];
    const section = await M.begin(server);
    for (let i = 0; i < count; i++) {
      const began = performance.now();
      const seen = new Promise((resolve) => (wake = resolve));
      const doc = await a.get(visits[i % visits.length]._id);
      awaited.id = doc._id;
      awaited.status = doc.status = 'st-' + i;
      await a.put(doc);
      await seen;
      latencies.push(performance.now() - began);
      await M.sleep(20);
    }
    const p50_ms = M.percentile(latencies, 0.5);
    const p99_ms = M.percentile(latencies, 0.99);
    await section.finish({ peer, s: 'S4', n: count, variant: 'live sync of both', p50_ms, p99_ms }, 0, 300);
    live.forEach((sync) => sync.cancel());
    await server.stop();
  },

  async s5() {
    const server = await startServer('base1000');
    const [a, b] = await openPair();
    for (const unit of M.loadUnits('cA.ndjson')) await writeUnit(a, unit);
    for (const unit of M.loadUnits('cB.ndjson')) await writeUnit(b, unit);
    const section = await M.begin(server);
    await a.sync(remote(), replication);
    await b.sync(remote(), replication);
    await a.sync(remote(), replication);
    await section.finish({ peer, s: 'S5', n: 1000, variant: 'A.sync B.sync A.sync' }, 2000);
    for (const [name, db] of [['A', a], ['B', b]]) {
      const seen = { notes_of_a: 0, notes_of_b: 0, reopened: 0, priority_9: 0, conflicts: 0 };
      for (const { doc } of (await db.allDocs({ include_docs: true, conflicts: true })).rows) {
        if (doc.type !== 'visits') continue;
        if (/^A\d+:/.test(doc.notes)) seen.notes_of_a++;
        if (/^B\d+:/.test(doc.notes)) seen.notes_of_b++;
        if (doc.status === 'reopened') seen.reopened++;
        if (doc.priority === 9) seen.priority_9++;
        if (doc._conflicts) seen.conflicts++;
      }
      M.print({ peer, s: 'S5-outcome', variant: `on ${name}`, ...seen });
    }
    await server.stop();
  },

  async s6() {
    const server = await startServer();
    await remote().info();
    PouchDB.plugin(M.need('pouchdb-adapter-memory'));
    const base = M.finalRecords(M.loadUnits('w100.ndjson')).slice(0, 50);
    const devices = [];
    for (let k = 0; k < count; k++) {
      const db = new PouchDB('dev' + k, { adapter: 'memory' });
      await db.bulkDocs(toDocs(M.deviceRecords(k, base)));
      devices.push(db);
    }
    const latencies = [];
    let errors = 0;
    const section = await M.begin(server);
    const pushOne = async (db) => {
      const began = performance.now();
      await db.replicate.to(remote(), { batch_size: 100 }).catch(() => errors++);
      latencies.push(performance.now() - began);
    };
    await Promise.all(devices.map(pushOne));
    const devices_s = +(count / section.seconds()).toFixed(1);
    const p99_ms = M.percentile(latencies, 0.99);
    await section.finish({ peer, s: 'S6', variant: `devices=${count}`, devices_s, p99_ms, errors }, count * 50);
    await server.stop();
  },

  async s7() {
    const server = await startServer();
    const db = openFresh('att');
    for (let i = 0; i < 100; i++) {
      const data = fs.readFileSync(path.join(M.photos, `photo-${String(i).padStart(5, '0')}.jpg`));
      const _attachments = { 'p.jpg': { content_type: 'image/jpeg', data } };
      await db.put({ _id: 'photo' + i, type: 'photo', _attachments });
    }
    await remote().info();
    const section = await M.begin(server);
    await db.replicate.to(remote(), replication);
    const mb_s = +(20.48 / section.seconds()).toFixed(1);
    await section.finish({ peer, s: 'S7', n: 100, variant: `attachments, ${variant}`, mb_s }, 100);
    await server.stop();
  },

  async s8() {
    const db = open('c1000');
    await db.info();
    let server = await startServer();
    await remote().info();
    let broke = false;
    const began = performance.now();
    const pushing = db.replicate.to(remote(), { ...replication, retry: false }).catch(() => (broke = true));
    await M.sleep(+process.env.KILL_MS || 1200);
    server.kill('SIGKILL');
    await pushing;
    const killed = performance.now();
    server = await restartServer();
    await remote().info();
    const restart_to_accept_s = +((performance.now() - killed) / 1000).toFixed(3);
    const docs = (await remote().allDocs({ include_docs: true })).rows.map((row) => row.doc);
    const section = await M.begin(server);
    const done = await db.replicate.to(remote(), replication);
    const wall_with_kill_s = +((performance.now() - began) / 1000).toFixed(3);
    await section.finish({
      peer,
      s: 'S8',
      n: 1000,
      variant,
      broke,
      restart_to_accept_s,
      wall_with_kill_s,
      docs_after_kill: docs.length,
      half_visible_visits_after_kill: countHalfVisits(docs),
      resent: done.docs_written,
    });
    M.print({ peer, s: 'S8-check', n: 1000, records: await countDocs(remote()) });
    await server.stop();
  },
};

// Visits that say they are completed without their two parts and signature, and such rows without their visit.
function countHalfVisits(docs) {
  const rows = new Map();
  for (const doc of docs) if (doc.visit) rows.set(doc.visit, (rows.get(doc.visit) || 0) + 1);
  const visits = docs.filter((doc) => doc.type === 'visits');
  const ids = new Set(visits.map((doc) => doc._id));
  const incomplete = visits.filter((doc) => doc.status === 'completed' && rows.get(doc._id) !== 3).length;
  return incomplete + [...rows.keys()].filter((id) => !ids.has(id)).length;
}

if (!scenarios[scenario]) {
  console.error('bench.js prep|s1..s8 [COUNT]');
  process.exit(2);
}
scenarios[scenario]()
  .then(() => process.exit(0))
  .catch((error) => {
    console.error(`pouch ${scenario}:`, error);
    process.exit(1);
  });

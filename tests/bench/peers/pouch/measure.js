// SPDX-License-Identifier: Apache-2.0
// What the PouchDB scenarios and their server share: the workload, bytes counted at the server's sockets, CPU and
// memory of both processes, result lines. Required by bench.js and server.js. Measures; decides nothing.
'use strict';
const fs = require('fs');
const path = require('path');
const { fork } = require('child_process');

const home = process.env.PEERS || path.join(process.env.HOME, '.cache/daybook-peers');
exports.work = path.join(home, 'pw');
exports.photos = path.join(home, 'data/photos');
// The packages live beside the results, not in the tree.
exports.need = (name) => require(path.join(home, 'pouch/node_modules', name));

exports.loadUnits = (file) =>
  fs
    .readFileSync(path.join(home, 'data', file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

// The records as they stand at the end, in the order of their first put.
exports.finalRecords = (units) => {
  const records = new Map();
  for (const unit of units) {
    for (const op of unit.ops) {
      if (op.op === 'put') records.set(op.id, { c: op.c, id: op.id, d: { ...op.d } });
      else Object.assign(records.get(op.id).d, op.d);
    }
  }
  return [...records.values()];
};

// The 50 records of simulated device k: the last eight digits of every id replaced by its number.
exports.deviceRecords = (k, base) => {
  const suffix = (k + 1).toString(16).padStart(8, '0');
  const own = (id) => id.slice(0, -8) + suffix;
  return base.map((record) => {
    const d = { ...record.d };
    if (d.visit) d.visit = own(d.visit);
    return { c: record.c, id: own(record.id), d };
  });
};

exports.peakMemoryMb = () => +/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1] / 1024;
exports.cpuSeconds = () => {
  const used = process.cpuUsage();
  return (used.user + used.system) / 1e6;
};
exports.percentile = (values, p) => {
  const sorted = [...values].sort((x, y) => x - y);
  return +sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))].toFixed(3);
};
exports.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
exports.remove = (target) => fs.rmSync(target, { recursive: true, force: true });

// Server side: listens on 127.0.0.1 and answers its parent's question for the counters.
exports.serve = (httpServer, port) => {
  const live = new Set();
  const total = { in: 0, out: 0, reqs: 0 };
  httpServer.keepAliveTimeout = 60000;
  httpServer.on('connection', (socket) => {
    live.add(socket);
    socket.on('close', () => {
      live.delete(socket);
      total.in += socket.bytesRead;
      total.out += socket.bytesWritten;
    });
  });
  httpServer.on('request', () => total.reqs++);
  const counters = () => {
    const now = { ...total, cpu: exports.cpuSeconds(), rss: exports.peakMemoryMb() };
    for (const socket of live) {
      now.in += socket.bytesRead;
      now.out += socket.bytesWritten;
    }
    return now;
  };
  process.on('message', (message) => message === 'stats' && process.send({ stats: counters() }));
  process.on('disconnect', () => process.exit(0));
  httpServer.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => process.send && process.send('ready'));
};

exports.startServer = (script, args) =>
  new Promise((resolve, reject) => {
    const server = fork(script, args.map(String), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let asking = [];
    server.on('message', (message) => {
      if (message === 'ready') resolve(server);
      else if (message.stats) asking.splice(0).forEach((answer) => answer(message.stats));
    });
    server.on('exit', (code, signal) => reject(new Error(`the server ended: ${code} ${signal}`)));
    server.stats = () =>
      new Promise((answer) => {
        asking.push(answer);
        server.send('stats');
      });
    server.stop = () =>
      new Promise((ended) => {
        server.on('exit', ended);
        server.kill('SIGTERM');
      });
  });

exports.print = (result) => {
  const line = JSON.stringify(result);
  console.log(line);
  if (process.env.OUT) fs.appendFileSync(process.env.OUT, line + '\n');
};

// A measured section: const section = await begin(server); ...; await section.finish({ peer, s, ... }, records).
exports.begin = async (server) => {
  const before = server ? await server.stats() : null;
  const cpuBefore = exports.cpuSeconds();
  const began = process.hrtime.bigint();
  const seconds = () => Number(process.hrtime.bigint() - began) / 1e9;
  const finish = async (result, records, settleMs) => {
    const wall = seconds();
    const line = { ...result, wall_s: +wall.toFixed(4) };
    if (records) line.records_s = Math.round(records / wall);
    line.cpu_client_s = +(exports.cpuSeconds() - cpuBefore).toFixed(3);
    if (settleMs) await exports.sleep(settleMs);
    if (server) {
      const after = await server.stats();
      line.wire_up = after.in - before.in;
      line.wire_down = after.out - before.out;
      line.reqs = after.reqs - before.reqs;
      line.cpu_server_s = +(after.cpu - before.cpu).toFixed(3);
      line.rss_server_mb = +after.rss.toFixed(1);
    }
    line.rss_client_mb = +exports.peakMemoryMb().toFixed(1);
    exports.print(line);
  };
  return { seconds, finish };
};

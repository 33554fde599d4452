#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Writes the workload of a field technician's day, byte for byte the same for the same arguments, to standard output.
//   node gen.js --visits 1000 [--seed 42] [--device 0]
//   node gen.js --conflict A|B --visits 1000 [--seed 42]      edits to the visits of the file above
//   node gen.js --photos 100 --out DIR [--seed 42]            binary files and index.ndjson
// No dependencies, Node 14 or later. The format is in README.md. The order in which random numbers are taken is part
// of the format: a line moved here changes every byte after it.
'use strict';
const fs = require('fs');
const path = require('path');
const crypto = require('crypto');

const args = {};
for (let i = 2; i < process.argv.length; i += 2) args[process.argv[i].slice(2)] = process.argv[i + 1];
const seed = +(args.seed || 42);
const device = +(args.device || 0);
const visitCount = +(args.visits || 1000);

// mulberry32: 32 bits of state, the same on every machine.
function mulberry32(state) {
  state >>>= 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}
const next = mulberry32((Math.imul(seed, 2654435761) ^ Math.imul(device + 1, 40503)) >>> 0);
const below = (n) => next() % n;
const pick = (list) => list[next() % list.length];
const hex = (n) => {
  let s = '';
  while (s.length < n) s += next().toString(16).padStart(8, '0');
  return s.slice(0, n);
};
// Shaped like a UUIDv7: 48 bits of milliseconds, the rest random.
const makeId = (ms) => {
  const t = ms.toString(16).padStart(12, '0');
  const r = hex(18);
  const variant = '89ab'[parseInt(r[3], 16) & 3];
  return `${t.slice(0, 8)}-${t.slice(8)}-7${r.slice(0, 3)}-${variant}${r.slice(4, 7)}-${r.slice(6, 18)}`;
};
const iso = (ms) => new Date(ms).toISOString();
const words = (...lines) => lines.join(' ').split(' ');

const FIRST = words(
  'Anna Ben Carla David Elif Femi Greta Hugo Ines Jonas Karim Lena Marta Nils Olga Piotr Quentin Rosa Sven Tara Uwe',
  'Vera Wim Yara Zoe',
);
const LAST = words(
  'Abel Brandt Costa Dietrich Eriksen Fischer Garcia Hoffmann Ivanov Jensen Keller Lindqvist Moreau Novak Okafor',
  'Petersen Rossi Schmidt Torres Ulrich Vogel Weber Yilmaz Zeman',
);
const STREET = words(
  'Hauptstrasse Bahnhofweg Mill_Lane Station_Road Rue_de_la_Gare Church_Street Harbour_View Industriestrasse',
  'Park_Avenue Lindenallee Old_Mill_Road Quay_Street',
).map((s) => s.replace(/_/g, ' '));
const CITY = words('Leeds Bremen Gdansk Lyon Turin Malmo Porto Ghent Graz Brno Cork Turku');
const MODEL = [
  'Vaillant ecoTEC plus 832',
  'Otis Gen2 Comfort',
  'Daikin VRV-5 RXYA10',
  'Schindler 3300',
  'Carrier 30RB-040',
  'Bosch Condens 7000i',
  'Kone MonoSpace 500',
  'Trane CGAM 080',
];
const FAULT = words('E28 F75 U4-01 A7 DOOR-11 HP-LOW COMM-3 PRESS-09 LEAK PM-ANNUAL');
const PROSE = words(
  'unit makes noise after restart pressure drops below limit overnight customer reports intermittent fault display',
  'shows code valve sticks when cold pump runs dry sensor reading unstable fan bearing worn belt slipping door does',
  'not close fully controller reboots under load filter clogged condensate drain blocked gas valve leaking slightly',
  'replaced gasket checked wiring measured voltage tightened terminals cleaned contacts tested cycle three times',
  'handed over to customer next inspection due',
);
const PART = [
  'fan motor',
  'pcb main',
  'ignition electrode',
  '3-way valve',
  'door roller',
  'pressure sensor',
  'expansion vessel',
  'contactor 24V',
  'belt A-38',
  'drain pump',
];

const makeText = (shortest, longest) => {
  const length = shortest + below(longest - shortest + 1);
  let s = pick(PROSE);
  s = s[0].toUpperCase() + s.slice(1);
  while (s.length < length) s += (below(11) === 0 ? '. ' : ' ') + pick(PROSE);
  return s.slice(0, length);
};

// A signature of 3 to 6 strokes, about 4 KiB of text: points "dx,dy,dt,pressure" relative to the one before (the first
// absolute), ';' between points, '|' between strokes.
function makeStrokes() {
  const count = 3 + below(4);
  const perStroke = (3900 + below(400)) / count;
  let out = '';
  let x = 40;
  let y = 120;
  for (let s = 0; s < count; s++) {
    let stroke = `${x},${y},0,${300 + below(200)}`;
    let pressure = 400 + below(200);
    let phase = below(628) / 100;
    const amplitude = 2 + below(8);
    while (stroke.length < perStroke) {
      phase += 0.25 + below(20) / 100;
      const dx = Math.round(2 + 3 * Math.cos(phase / 2)) + below(3) - 1;
      const dy = Math.round(amplitude * Math.sin(phase)) + below(3) - 1;
      pressure = Math.max(50, Math.min(1000, pressure + below(41) - 20));
      x += dx;
      y += dy;
      stroke += `;${dx},${dy},${7 + below(3)},${pressure}`;
    }
    out += (s ? '|' : '') + stroke;
    x += 15 + below(10);
    y = 110 + below(20);
  }
  return out;
}

const T0 = Date.UTC(2026, 0, 5, 7, 0, 0);
const DAY = 86400000;
const technician = `tech-${String(device).padStart(4, '0')}`;

function makeVisitFields(i, t0) {
  return {
    ref: `WO-2026-${String(device).padStart(4, '0')}${String(i).padStart(6, '0')}`,
    technician,
    customer: `${pick(FIRST)} ${pick(LAST)}`,
    phone: `+49 ${100 + below(900)} ${1000000 + below(9000000)}`,
    address: `${pick(STREET)} ${1 + below(180)}`,
    city: pick(CITY),
    postcode: String(10000 + below(89999)),
    lat: (480000 + below(60000)) / 10000,
    lon: (60000 + below(80000)) / 10000,
    asset_model: pick(MODEL),
    asset_serial: hex(12).toUpperCase(),
    fault_code: pick(FAULT),
    priority: 1 + below(4),
    status: 'assigned',
    scheduled_start: iso(t0),
    scheduled_end: iso(t0 + 3600000),
    description: makeText(180, 320),
    notes: '',
  };
}

function makePart(visit, ms) {
  return {
    op: 'put',
    c: 'parts',
    id: makeId(ms),
    d: {
      visit,
      part_no: `P-${100000 + below(900000)}`,
      name: pick(PART),
      old_serial: hex(10).toUpperCase(),
      new_serial: hex(10).toUpperCase(),
      qty: 1 + below(3),
      price_cents: 500 + below(40000),
      warranty: below(2) === 1,
      reason: makeText(30, 70),
    },
  };
}

function makeSignature(visit, signer, ms) {
  const id = makeId(ms);
  const d = { visit, signer, signed_at: iso(ms), width: 600, height: 240, strokes: makeStrokes() };
  return { op: 'put', c: 'signatures', id, d };
}

// The four units of one visit.
function makeVisit(i) {
  const t0 = T0 + Math.floor(i / 6) * DAY + (i % 6) * 5400000 + below(600000);
  const id = makeId(t0);
  const d = makeVisitFields(i, t0);
  const set = (fields) => ({ op: 'set', c: 'visits', id, d: fields });
  const unit = (step, k, after, ops) => ({
    t: 'tx',
    n: i * 4 + step,
    k,
    ts: t0 + after,
    dev: technician,
    visit: id,
    ops,
  });
  const meter = below(100000);
  const parts = [makePart(id, t0 + 2500000), makePart(id, t0 + 2500001)];
  const signature = makeSignature(id, d.customer, t0 + 3400000);
  const notes = makeText(90, 160);
  return [
    unit(0, 'open', 0, [{ op: 'put', c: 'visits', id, d }]),
    unit(1, 'travel', 600000, [set({ status: 'en_route', departed_at: iso(t0 + 600000) })]),
    unit(2, 'arrive', 1500000, [set({ status: 'on_site', arrived_at: iso(t0 + 1500000), meter })]),
    unit(3, 'close', 3500000, [
      set({ status: 'completed', finished_at: iso(t0 + 3500000), notes }),
      ...parts,
      signature,
    ]),
  ];
}

let pending = [];
const flush = () => {
  if (pending.length) fs.writeSync(1, pending.join('\n') + '\n');
  pending = [];
};
const emit = (line) => {
  pending.push(JSON.stringify(line));
  if (pending.length >= 2000) flush();
};

function writeVisits() {
  for (let i = 0; i < visitCount; i++) makeVisit(i).forEach(emit);
  flush();
}

// The same numbers are drawn as for the visits themselves, so the ids are those of the base file.
function writeConflicts(side) {
  const ids = [];
  for (let i = 0; i < visitCount; i++) ids.push(makeVisit(i)[0].visit);
  const own = mulberry32(seed * 7 + (side === 'A' ? 1 : 2));
  ids.forEach((id, i) => {
    const ts = T0 + 400 * DAY + i * 1000 + (side === 'B' ? 500 : 0);
    const d =
      side === 'A'
        ? { status: 'reopened', notes: `A${i}: customer called back ${own() % 100000}` }
        : { priority: 9, notes: `B${i}: dispatcher comment ${own() % 100000}` };
    const ops = [{ op: 'set', c: 'visits', id, d }];
    emit({ t: 'tx', n: i, k: 'conflict' + side, ts, dev: 'dev-' + side, visit: id, ops });
  });
  flush();
}

// Incompressible, with the first and last bytes of a JPEG.
function writePhotos(count, directory) {
  fs.mkdirSync(directory, { recursive: true });
  const index = [];
  for (let i = 0; i < count; i++) {
    const bytes = Buffer.alloc(204800);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(next(), at);
    bytes.set([0xff, 0xd8, 0xff, 0xe0], 0);
    bytes.set([0xff, 0xd9], bytes.length - 2);
    const file = `photo-${String(i).padStart(5, '0')}.jpg`;
    fs.writeFileSync(path.join(directory, file), bytes);
    const sha256 = crypto.createHash('sha256').update(bytes).digest('hex');
    const id = makeId(T0 + i * 1000);
    index.push(JSON.stringify({ t: 'photo', id, file, size: bytes.length, type: 'image/jpeg', sha256 }));
  }
  fs.writeFileSync(path.join(directory, 'index.ndjson'), index.join('\n') + '\n');
}

if (args.photos) writePhotos(+args.photos, args.out);
else if (args.conflict) writeConflicts(args.conflict);
else writeVisits();

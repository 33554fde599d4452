// SPDX-License-Identifier: Apache-2.0
// express-pouchdb on PouchDB, leveldb in DIR, on 127.0.0.1:PORT. Started by bench.js with: PORT DIR.
'use strict';
const http = require('http');
const fs = require('fs');
const { need, serve } = require('./measure.js');

const [port, directory] = process.argv.slice(2);
fs.mkdirSync(directory, { recursive: true });
process.chdir(directory);
const PouchDB = need('pouchdb').defaults({ prefix: directory + '/' });
// A client that is killed or leaves resets its connection, and express-pouchdb lets that rise to the top.
process.on('uncaughtException', (error) => {
  if (error.code !== 'ECONNRESET') console.error('uncaught', error);
});
const app = need('express')();
const options = { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: '/dev/null' };
app.use('/', need('express-pouchdb')(PouchDB, options));
serve(http.createServer(app), +port);

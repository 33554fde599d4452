// SPDX-License-Identifier: Apache-2.0
// A server that speaks S3, for bucket_test.py: the npm package @20minutes/s3rver, which checks
// signatures of version 4. Copied beside the package and started from there. For tests only: it
// keeps whatever it is given in a folder, unsynced.
import { rename } from 'node:fs/promises';
import S3rver from '@20minutes/s3rver';
import accounts from '@20minutes/s3rver/lib/models/account.js';

const [port, directory, bucket, key, secret] = process.argv.slice(2);
accounts.DUMMY_ACCOUNT.createKeyPair(key, secret);
const server = new S3rver({
  address: '127.0.0.1', port: Number(port), directory, silent: true, resetOnClose: false,
  configureBuckets: [{ name: bucket }],
});
// S3 promises that an object is there whole or not at all. The package writes it in place and shows
// what it has of it, so that promise is added here.
const { store } = server;
const putInPlace = store.putContent.bind(store);
store.putContent = async (path, content) => {
  const put = await putInPlace(`${path}.part`, content);
  await rename(`${path}.part`, path);
  return put;
};
await server.run();

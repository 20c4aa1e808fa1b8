// A real Bluesky server (PDS) with its directory of identities in memory; both listen on this machine's ports only
// as long as the tests run. Prints "ready ADDRESS".
import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as plcModule from '@did-plc/server';
import { PDS } from '@atproto/pds';

const [directory, port, plcPort] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const plc = plcModule.default?.PlcServer ? plcModule.default : plcModule;
const randomKey = () => crypto.randomBytes(32).toString('hex');

await fs.mkdir(path.join(directory, 'data'), { recursive: true });
const plcServer = plc.PlcServer.create({ db: plc.Database.mock(), port: plcPort });
await plcServer.start();

const pds = await PDS.fromEnv({
  devMode: true,
  hostname: 'localhost',
  port,
  didPlcUrl: `http://localhost:${plcPort}`,
  dataDirectory: path.join(directory, 'data'),
  blobstoreDiskLocation: path.join(directory, 'blobs'),
  plcRotationKeyK256PrivateKeyHex: randomKey(),
  jwtSecret: randomKey(),
  adminPassword: randomKey(),
  dpopSecret: randomKey(),
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  disableSsrfProtection: true,
  rateLimitsEnabled: false,
  crawlers: [],
});
await pds.start();
console.log(`ready http://localhost:${port}`);

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    await pds.destroy();
    await plcServer.destroy();
    process.exit(0);
  });
}

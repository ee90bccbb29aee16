/** A provider in a process of its own: `node providerServer.ts`. It prints its address. */
import { startMetaProvider } from './metaProvider.ts';

const { url } = await startMetaProvider();
process.stdout.write(`${url}\n`);

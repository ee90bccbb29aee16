/**
 * `offline-directline` in a process of its own, in front of the bot whose URL is its argument. It says where it
 * listens. Through its router, since its command line tells the bot to answer to the port that it was given, so that
 * `0` does not do.
 */
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { getRouter } from 'offline-directline';

const [, , botUrl = ''] = process.argv;
// The Express that it was made for, which is no dependency of ours.
const express = createRequire(createRequire(import.meta.url).resolve('offline-directline'))('express');

const app = express();
const server: Server = app.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  app.use(getRouter(url, botUrl));
  process.stdout.write(`listening on ${url}\n`);
});

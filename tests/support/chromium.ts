import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** The names under which Debian, other distributions and Google have it. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where a Chromium is on this machine, if there is one. */
export function findChromium(path = process.env.PATH ?? ''): string | undefined {
  const folders = path.split(delimiter).filter(folder => folder !== '');
  const places = names.flatMap(name => folders.map(folder => join(folder, name)));
  return places.find(isExecutable);
}

/** Starts it without a window, and with nothing in its world but this machine. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    // As root, as CI often is, Chromium has no sandbox and refuses to start with one.
    chromiumSandbox: process.getuid?.() !== 0,
    // The rules are for addresses as well as for names, and for what the browser itself would ask of the world.
    args: [
      '--no-proxy-server',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, Response, Server } from 'restify';
import { localOnly } from '../isLocal.ts';
import { header } from './respond.ts';

/** Where `npm run build` puts the pages. */
const builtFolder = join(import.meta.dirname, '..', '..', 'dist', 'web');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * What a page of ours may do: run, show and ask what this host serves, and nothing else. No script and no style stands in a
 * page itself. `blob:` is for pictures that somebody is about to send.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "frame-ancestors 'self'",
  "form-action 'self'",
  "base-uri 'none'",
].join('; ');

const pageHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Cache-Control': 'no-cache',
};

/** Their names change with what they hold. */
const assetHeaders = { 'Cache-Control': 'public, max-age=31536000, immutable' };

/**
 * `GET /`: the console. With the simulator also, for this machine only, `/phone`: a customer's phone, and `/demo`: both side
 * by side. They are public, and hold nothing: whoever is not signed in sees a form.
 *
 * @param folder where they were built; default where `npm run build` puts them
 */
export function addPages(
  server: Server,
  {
    hasSimulator,
    publicUrl,
    folder = builtFolder,
  }: { hasSimulator: boolean; publicUrl: string | undefined; folder?: string },
): void {
  const isOpenTo = localOnly(publicUrl);
  server.get('/', page(folder, 'console/console.html'));
  if (hasSimulator) {
    server.get('/phone', page(folder, 'simulator/page/phone.html', isOpenTo));
    server.get('/demo', page(folder, 'console/sideBySide.html', isOpenTo));
  }
  const assets = join(folder, 'assets');
  for (const name of existsSync(assets) ? readdirSync(assets) : [])
    server.get(`/assets/${name}`, serve(join(assets, name), assetHeaders));
}

function page(folder: string, name: string, isOpenTo: (request: Request) => boolean = () => true) {
  const path = join(folder, name);
  const answer = existsSync(path) ? serve(path, pageHeaders) : tellUnbuilt;
  return async (request: Request, response: Response) => {
    if (isOpenTo(request)) return answer(request, response);
    const error = { code: 'forbidden', message: 'This page serves this machine only' };
    response.json(403, { error });
  };
}

async function tellUnbuilt(_request: Request, response: Response): Promise<void> {
  const text = 'The web pages are not built: run "npm run build", and start again.\n';
  response.sendRaw(503, text, { 'Content-Type': 'text/plain; charset=utf-8' });
}

/** Answers with a file, in the shortest form that the browser takes; each form is made once. */
function serve(path: string, headers: Readonly<Record<string, string>>) {
  const forms = new Map<string, Promise<Buffer>>();
  return async (request: Request, response: Response) => {
    const encoding = encodingFor(header(request, 'accept-encoding') ?? '');
    let form = forms.get(encoding);
    if (form === undefined) {
      form = encode(readFileSync(path), encoding);
      forms.set(encoding, form);
    }
    const body = await form;
    response.sendRaw(200, body, {
      'Content-Type': contentTypes[extname(path)] ?? 'application/octet-stream',
      'Content-Length': String(body.length),
      Vary: 'Accept-Encoding',
      ...(encoding !== 'identity' && { 'Content-Encoding': encoding }),
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    });
  };
}

function encodingFor(accepted: string): 'br' | 'gzip' | 'identity' {
  if (/\bbr\b/.test(accepted)) return 'br';
  return /\bgzip\b/.test(accepted) ? 'gzip' : 'identity';
}

function encode(file: Buffer, encoding: ReturnType<typeof encodingFor>): Promise<Buffer> {
  // Quality 5 takes some milliseconds, 11 some hundreds, for a tenth less.
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
  if (encoding === 'br') return promisify<Buffer, object, Buffer>(brotliCompress)(file, quality);
  return encoding === 'gzip' ? promisify<Buffer, Buffer>(gzip)(file) : Promise.resolve(file);
}

import type { Request, Response, Server } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import { fileHeaders } from '../files/fileHeaders.ts';
import { bareType, uploadLimits } from '../files/fileTypes.ts';
import { sendableType } from '../uploads/checkedBody.ts';
import type { Uploads } from '../uploads/uploads.ts';
import type { ApiRoute, OpenLimit } from './api.ts';
import { isoTime } from './messageViews.ts';
import { header, respondError } from './respond.ts';
import { sendFile } from './sendFile.ts';

/**
 * `POST /api/v1/uploads`: keeps a file that an agent is about to send. `GET /files/{id}`: the file, for WhatsApp, which has
 * nothing to prove itself by: who has the address may fetch it.
 */
export function addUploadRoutes(
  server: Server,
  parts: {
    uploads: Uploads;
    /** How WhatsApp reaches this host; `undefined`: it does not. */
    urlForPhones: () => string | undefined;
    route: ApiRoute;
    openLimit: OpenLimit;
    log: Logger;
  },
): void {
  const { uploads, urlForPhones, route, openLimit, log } = parts;

  server.post('/api/v1/uploads', route(keep, { role: 'agent', status: 201 }));
  const handlers = [
    openLimit(),
    async (request: Request, response: Response) => {
      try {
        await hand(request, response);
      } catch (error) {
        respondError(response, error, log);
      }
    },
  ];
  server.get('/files/:id', ...handlers);
  // Some providers ask how large a file is before they fetch it.
  server.head('/files/:id', ...handlers);

  async function keep(request: Request) {
    const host = urlForPhones();
    if (host === undefined)
      throw new BluetickError(
        'unsupported',
        'WhatsApp must be able to fetch files from here: set PUBLIC_URL',
      );
    const contentType = bareType(header(request, 'content-type') ?? '');
    const { type } = sendableType(contentType);
    const limit = uploadLimits[type];
    if (Number(header(request, 'content-length') ?? 0) > limit)
      throw new BluetickError('too_large', `The file is larger than ${limit} bytes`);
    // Not destroyed where it is left early: the answer goes over the same connection.
    const body = request.iterator({ destroyOnReturn: false });
    const { id, expiresAt, ...kept } = await uploads.keep({
      contentType,
      fileName: fileNameOf(request),
      body,
    });
    return { url: `${host}/files/${id}`, ...kept, expiresAt: isoTime(expiresAt) };
  }

  async function hand({ method, params }: Request, response: Response): Promise<void> {
    const found = await uploads.open(String(params.id));
    if (found === undefined) throw new BluetickError('unknown_item', 'There is no such file');
    const { upload, body } = found;
    try {
      if (method !== 'HEAD') return await sendFile(response, upload, body);
      response.writeHead(200, fileHeaders(upload));
      response.end();
    } finally {
      // Also where its caller went away before there was anything to send.
      body.destroy();
    }
  }
}

/**
 * The header `x-file-name`, percent-encoded.
 *
 * @throws BluetickError `invalid_request`
 */
function fileNameOf(request: Request): string {
  const name = header(request, 'x-file-name');
  if (name === undefined) return 'file';
  try {
    const decoded = decodeURIComponent(name);
    if (decoded.length <= 240) return decoded;
  } catch {
    // Told below.
  }
  const message = 'x-file-name: allowed: a name of at most 240 characters, percent-encoded';
  throw new BluetickError('invalid_request', message, { field: 'x-file-name' });
}

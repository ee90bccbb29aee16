import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** An envelope as Application Insights takes it in, as far as tests look at it. */
export interface Envelope {
  readonly name: string;
  readonly iKey: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: {
    readonly baseType: string;
    readonly baseData: {
      readonly name?: string;
      readonly success?: boolean;
      readonly properties?: Readonly<Record<string, string>>;
      readonly metrics?: readonly { readonly name: string; readonly value: number; readonly count: number }[];
    };
  };
}

/** An ingestion endpoint of Azure Monitor on this machine. */
export interface IngestionServer {
  readonly connectionString: string;
  /** What it was sent, in order. */
  readonly envelopes: readonly Envelope[];
  /** The same as it came, for who looks for what should not be there. */
  readonly raw: readonly string[];
  close(): Promise<void>;
}

/** Starts one. It takes in all that it is sent, as `POST /v2.1/track` answers: https://learn.microsoft.com/azure/azure-monitor */
export async function startIngestionServer(): Promise<IngestionServer> {
  const envelopes: Envelope[] = [];
  const raw: string[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const text = String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
    raw.push(text);
    const sent: Envelope[] = JSON.parse(text);
    envelopes.push(...sent);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ itemsReceived: sent.length, itemsAccepted: sent.length, errors: [] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    connectionString: `InstrumentationKey=11111111-2222-3333-4444-555555555555;IngestionEndpoint=http://127.0.0.1:${port}/`,
    envelopes,
    raw,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

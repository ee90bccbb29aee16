import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import restify, { type Next, type Request, type Response, type Server } from 'restify';
import { BluetickError, describeError } from '../middleware/errors.ts';
import type { Logger } from '../middleware/ports.ts';
import { systemClock } from '../middleware/timing/systemClock.ts';
import { composeAccess } from './access/composeAccess.ts';
import type { ApiKeys } from './access/derivedKeys.ts';
import { limitAccess } from './access/requestLimits.ts';
import type { App } from './composition.ts';
import { hostHeaders } from './hostHeaders.ts';
import { admitting } from './intake/intake.ts';
import { addAgentEventRoutes } from './routes/agentEvents.ts';
import { apiRoute, openLimits } from './routes/api.ts';
import { addAuditRoute } from './routes/audit.ts';
import { addBotFrameworkRoute } from './routes/botFramework.ts';
import { addCommandRoutes } from './routes/commands.ts';
import { addConversationRoutes } from './routes/conversations.ts';
import { addCustomerRoute } from './routes/customer.ts';
import { addCustomerDataRoutes } from './routes/customerData.ts';
import { addDataverseRoute } from './routes/dataverse.ts';
import { addDynamicsScript } from './routes/dynamicsScript.ts';
import { addEntraSignInRoutes } from './routes/entraSignIn.ts';
import { addHandoffRoutes } from './routes/handoff.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addInsightRoutes } from './routes/insights.ts';
import { addListingRoutes } from './routes/listings.ts';
import { addMcpRoute } from './routes/mcp.ts';
import { addMediaRoute } from './routes/media.ts';
import { addMessageRoutes } from './routes/messages.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { addPages } from './routes/pages.ts';
import { addPhoneRoutes } from './routes/phone.ts';
import { addPolicyRoutes } from './routes/policies.ts';
import { addPolicyDocumentRoutes } from './routes/policyDocuments.ts';
import { addPolicyScopeRoutes } from './routes/policyScopes.ts';
import { respondError } from './routes/respond.ts';
import { addSessionRoutes } from './routes/session.ts';
import { addSkillManifestRoute } from './routes/skillManifest.ts';
import { addTemplateRoute } from './routes/templates.ts';
import { addThreadRoutes } from './routes/thread.ts';
import { addTokenRoute } from './routes/tokens.ts';
import { addUploadRoutes } from './routes/uploads.ts';
import { addWebhookRoutes } from './routes/webhooks.ts';
import { addWorkItemRoutes } from './routes/workItems.ts';
import { streamAuthenticator } from './stream/streamCaller.ts';
import { openStreamDoor, streamPath } from './stream/streamDoor.ts';

/** The sample bot's pictures. */
const picturesFolder = join(import.meta.dirname, 'dialogs', 'pictures');

/** The longest that a request may take to arrive. */
const requestTimeoutMs = 30_000;

/** The longest part of an address that is looked at, in characters: the channels' message ids have up to 512. */
const longestParam = 1024;

const noRoute = { code: 'unknown_route', message: 'There is no such route' };
const unexpected = { code: 'internal', message: 'Something unexpected went wrong' };

/** What restify answers by itself, in our words. */
const ownAnswers = new Map([
  [404, noRoute],
  [405, noRoute],
]);

/**
 * Builds the HTTP server over the parts. It does not listen yet.
 *
 * @param apiKeys the administrator's keys as they are at each request
 */
export function createServer(app: App, apiKeys: ApiKeys, log: Logger): Server {
  const server = restify.createServer({
    // It would be told in the header `Server`: what answers here is nobody's business.
    name: '',
    handleUncaughtExceptions: false,
    // Of a part of the address. WhatsApp's message ids are longer than the default of 100 characters.
    maxParamLength: longestParam,
    // Its own log, on standard output, shows whole addresses and headers: whom it limits, and what it cannot format.
    // (Its types are of a version that wanted bunyan.)
    log: pino({ level: 'silent' }) as never,
  });
  server.pre((request: Request, response: Response, next: Next) => {
    for (const [name, value] of Object.entries(hostHeaders(request.url ?? '', app.publicUrl)))
      response.setHeader(name, value);
    if (namesPlace(request)) return next();
    respondError(response, new BluetickError('invalid_request', 'The address or the Host is malformed'), log);
    next(false);
  });
  // restify takes sockets that ask for another protocol, and leaves them open for good. Without its listener Node answers
  // such a request like any other; the stream's door, below, takes those alone that are for it.
  server.server.removeAllListeners('upgrade');
  // A webhook is small and its sender quick: a body that trickles only keeps a connection.
  server.server.requestTimeout = requestTimeoutMs;
  server.server.headersTimeout = requestTimeoutMs;
  // Every answer that restify gives by itself has the form of ours.
  server.on(
    'restifyError',
    (_request: Request, response: Response, error: { statusCode?: number }, done: () => void) => {
      const status = error.statusCode ?? 500;
      const { code, message } = ownAnswers.get(status) ?? unexpected;
      if (status >= 500) log.error(describeError(error), 'A request failed');
      response.json(status, { error: { code, message } });
      done();
    },
  );
  const admit = admitting(app.engine);
  for (const channel of app.webhooks)
    addWebhookRoutes(
      server,
      channel,
      channel.name === 'twilio' ? (app.twilio?.receive ?? admit) : admit,
      log,
    );
  if (app.connector !== undefined) addBotFrameworkRoute(server, app.connector, log);
  addHealthRoutes(server, app.store, systemClock);
  const { entra, ...ways } = composeAccess({
    ...app,
    apiKeys,
    clientSecret: () => app.renewal.config.signIn.entra?.client?.secret,
    clock: systemClock,
    log,
  });
  const access = limitAccess(ways.access, app.limits);
  const route = apiRoute(access, log);
  const openLimit = openLimits(app.limits, log);
  addPolicyRoutes(server, { ...app, route });
  addPolicyDocumentRoutes(server, { ...app, route });
  addPolicyScopeRoutes(server, { ...app, route });
  addConversationRoutes(server, { ...app, clock: systemClock, route });
  addHandoffRoutes(server, { ...app, clock: systemClock, route });
  addMessageRoutes(server, { ...app, route });
  addThreadRoutes(server, { ...app, route });
  addMediaRoute(server, { ...app, route });
  addUploadRoutes(server, { ...app, route, openLimit, log });
  addTemplateRoute(server, { ...app, route });
  addCustomerRoute(server, { ...app, route, log });
  addCustomerDataRoutes(server, { ...app, clock: systemClock, route, log });
  addListingRoutes(server, { ...app, forwarder: app.twilio?.forwarder, clock: systemClock, route });
  addAuditRoute(server, { ...app, route });
  addMetricsRoute(server, { ...app, route });
  addInsightRoutes(server, { ...app, clock: systemClock, route });
  if (app.dataverse !== undefined)
    addDataverseRoute(server, { ...app.dataverse, workItems: app.workItems, log });
  addWorkItemRoutes(server, { ...app, route });
  const work = { ...app, clock: systemClock };
  addCommandRoutes(server, { work, publicUrl: app.publicUrl, route, openLimit });
  addMcpRoute(server, { work, route, log });
  addSkillManifestRoute(server, app, { log, openLimit });
  const hasSimulator = app.simulator !== undefined;
  addSessionRoutes(server, {
    ...app,
    ...ways,
    hasEntra: entra !== undefined,
    hasSimulator,
    clock: systemClock,
    log,
    route,
    openLimit,
  });
  if (entra !== undefined) addEntraSignInRoutes(server, { ...app, ...ways, ...entra, log, openLimit });
  addTokenRoute(server, { ...ways, route });
  addAgentEventRoutes(server, { ...app, clock: systemClock, route });
  const authenticate = streamAuthenticator(access, ways.sessions);
  openStreamDoor(server.server, { ...app, authenticate, log });
  server.get(streamPath, ...route(refuseOrdinary, { role: 'agent' }));
  if (app.origins.length > 0) addDynamicsScript(server);
  addPages(server, { hasSimulator, publicUrl: app.publicUrl });
  if (app.simulator !== undefined) addPhoneRoutes(server, app.simulator, app.publicUrl);
  addPictures(server);
  return server;
}

/** Whoever asks for the stream in the ordinary way. */
function refuseOrdinary(): never {
  throw new BluetickError('invalid_request', 'The stream is a WebSocket: ask with "Upgrade: websocket"');
}

/** What a `Host` may be: a name or an address, and a port. */
const hostForm = /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i;

/**
 * Whether a request's target and `Host` together are an address. restify (12.0.0, `getUrl`) joins the two, outside of
 * every handler: where they are none, that ends the process.
 */
function namesPlace({ url = '', headers: { host = '' } }: Request): boolean {
  if (host !== '' && !hostForm.test(host)) return false;
  const base = `http://${host || 'localhost'}`;
  return url.startsWith('/') ? URL.canParse(base + url) : URL.canParse(url, base);
}

/** The pictures are public, as WhatsApp must be able to fetch them; they are read once, so no path is ever followed. */
function addPictures(server: Server): void {
  for (const name of readdirSync(picturesFolder)) {
    const picture = readFileSync(join(picturesFolder, name));
    server.get(`/pictures/${name}`, async (_request: Request, response: Response) => {
      response.sendRaw(200, picture, {
        'Content-Type': 'image/png',
        'Content-Length': String(picture.length),
      });
    });
  }
}

import type { Server } from 'restify';
import { type ChannelName, channelNames } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { TemplateBook } from '../templates/templateBook.ts';
import type { ApiRoute } from './api.ts';
import { queryOf } from './page.ts';

/** `GET /api/v1/templates[?channel=]`: the templates that an agent may choose from, with their texts. */
export function addTemplateRoute(
  server: Server,
  { templates, route }: { templates: Pick<TemplateBook, 'list'>; route: ApiRoute },
): void {
  server.get(
    '/api/v1/templates',
    route(request => ({ items: templates.list(channelOf(queryOf(request))) }), { role: 'agent' }),
  );
}

/**
 * `?channel=`; `undefined`: any.
 *
 * @throws BluetickError `invalid_request`
 */
export function channelOf(query: URLSearchParams): ChannelName | undefined {
  const asked = query.get('channel');
  if (asked === null) return undefined;
  const channel = channelNames.find(name => name === asked);
  if (channel !== undefined) return channel;
  throw new BluetickError('invalid_request', `channel: allowed: ${channelNames.join(', ')}`, {
    field: 'channel',
  });
}

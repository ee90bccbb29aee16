import type { Request, Response, Server } from 'restify';
import { localOnly } from '../isLocal.ts';
import { refuse } from '../simulator/requests.ts';
import type { Simulator } from '../simulator/simulator.ts';

/**
 * `/phone/…`: the customers' phones of the simulator, for the page `/phone`, on the host's own port so that the page asks
 * nobody else: see `createPhoneDoor`. For this machine only.
 *
 * @param publicUrl `PUBLIC_URL`
 */
export function addPhoneRoutes(
  server: Server,
  { phoneDoor }: Pick<Simulator, 'phoneDoor'>,
  publicUrl: string | undefined,
): void {
  const isOpenTo = localOnly(publicUrl);
  const serve = async (request: Request, response: Response) => {
    if (!isOpenTo(request)) refuse(response, 403, 'forbidden', 'The phone serves this machine only');
    else if (!(await phoneDoor(request, response)))
      refuse(response, 404, 'unknown_route', 'There is no such route');
  };
  server.get('/phone/*', serve);
  server.post('/phone/*', serve);
}

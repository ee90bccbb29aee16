/**
 * Whoever owns a number's webhook, on this machine: Dynamics 365's inbound address as far as anything is known of it. It
 * checks the signature over its own address, written apart from the code under test, and answers as it is told to.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProviderCall, startWayProvider, type WayProvider } from '../contract/wayProvider.ts';
import type { Answer, Silence } from './callServer.ts';
import { type Form, signature } from './twilioWebhooks.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'unverified', 'pass-through');
/** What it answers where all is well. */
export const answerXml = readFileSync(join(fixtures, 'answer.xml'), 'utf8');
/** What comes with a webhook of Twilio's. */
export const twilioHeaders: Form = JSON.parse(readFileSync(join(fixtures, 'headers.json'), 'utf8'));

/** The stand-in, listening. */
export interface DynamicsDoor extends WayProvider {
  /** Its address, with a query of its own. */
  readonly url: string;
  /** The fields of the forms that it has taken, oldest first. */
  readonly taken: readonly Form[];
  /** What it answers from now on to what is rightly signed. Default: 200 and the fixture. */
  answer: (call: ProviderCall) => Answer | Silence;
}

/** Opens it on a free port. */
export async function openDynamicsDoor(authToken: string): Promise<DynamicsDoor> {
  const taken: Form[] = [];
  const path = '/twilio/inbound?org=contoso';
  const provider = await startWayProvider(call => {
    const fields = Object.fromEntries(new URLSearchParams(call.body.toString()));
    const expected = signature(provider.origin + call.path, fields, authToken);
    if (call.headers['x-twilio-signature'] !== expected) return { status: 403, body: 'wrong signature' };
    const answer = door.answer(call);
    if (typeof answer === 'object' && answer.status === 200) taken.push(fields);
    return answer;
  });
  const door: DynamicsDoor = {
    ...provider,
    url: provider.origin + path,
    taken,
    answer: () => ({ status: 200, headers: { 'content-type': 'text/xml' }, body: answerXml }),
  };
  return door;
}

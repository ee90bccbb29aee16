import type { Request, Server } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { Channel, ReceiptStep, Store } from '../../middleware/ports.ts';
import type { ApiRoute } from './api.ts';
import { viewRefusal } from './failureViews.ts';
import { isoTime } from './messageViews.ts';
import { idForm, page, pageQuery, queryOf, viewPage } from './page.ts';

const stepId = idForm('a');
/** The form of our ids of inbound messages. */
const messageId = idForm('m');

/**
 * `GET /api/v1/audit?conversation=` or `?message=`, our id of it or the provider's: for each receipt who or what caused
 * every step, by which rule, and every call that was tried with what the provider answered.
 */
export function addAuditRoute(
  server: Server,
  parts: {
    store: Pick<Store, 'audit' | 'conversation' | 'message'>;
    channels: readonly Channel[];
    route: ApiRoute;
  },
): void {
  const { store, channels, route } = parts;

  server.get(
    '/api/v1/audit',
    route(
      async request => {
        const asked = page(request, stepId);
        const found = await store.audit(await subjectOf(request), pageQuery(asked));
        return viewPage(found, asked, ({ id }) => id, viewStep);
      },
      { role: 'supervisor' },
    ),
  );

  async function subjectOf(request: Request): Promise<Parameters<Store['audit']>[0]> {
    const query = queryOf(request);
    const [conversation, message] = [query.get('conversation'), query.get('message')];
    if (conversation !== null && message === null) {
      if ((await store.conversation(conversation)) !== undefined) return { conversation };
      throw new BluetickError('unknown_conversation', 'There is no such conversation');
    }
    if (message !== null && conversation === null) return { message: await refOf(message) };
    throw new BluetickError('invalid_request', 'allowed: ?conversation= or ?message=, one of them');
  }

  /** By our id, or by a provider's: of which channel it is, the id does not say. */
  async function refOf(message: string): Promise<string> {
    if (messageId.test(message)) return message;
    const addresses = channels.flatMap(({ name: channel, businesses }) =>
      businesses.map(business => ({ channel, business, key: message })),
    );
    const found = await Promise.all(addresses.map(address => store.message(address)));
    const ref = found.find(each => each !== undefined)?.ref;
    if (ref === undefined) throw new BluetickError('unknown_message', 'There is no such message');
    return ref;
  }
}

/** A step as the API shows it. */
function viewStep({ message, messageId, conversation, cause, answer, ...step }: ReceiptStep) {
  const { by, ...byAgent } = cause;
  return {
    id: step.id,
    conversation,
    message,
    messageId: messageId ?? null,
    at: isoTime(step.at),
    outcome: step.outcome,
    because: step.because,
    ...(step.until !== undefined && { until: step.until }),
    ...(step.outcome === 'scheduled' && step.dueAt !== undefined && { dueAt: isoTime(step.dueAt) }),
    by,
    ...byAgent,
    ...(answer !== undefined && { answer: answer === 'taken' ? answer : viewRefusal(answer) }),
  };
}

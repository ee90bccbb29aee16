import assert from 'node:assert/strict';
import { type ApiHost, startApiHost } from './apiHost.ts';
import { deliverToDataverse, type Outcomes, type WorkItemWrite, workItemBody } from './dataverse.ts';

/** A host that Dynamics 365 tells of its conversations, with the simulator as its WhatsApp. */
export interface DynamicsHost extends ApiHost {
  /** Lets a customer write; answers the conversation's id when the message is admitted and waits for an agent. */
  waitingFor(customer: string): Promise<string>;
  /** Delivers bodies with the key in the address; answers what came of each. */
  tell(...writes: readonly WorkItemWrite[]): Promise<Outcomes['items']>;
}

/** What the webhook is proved with. */
export const dataverseKey = 'the-key-of-dataverse-0123456789';

/** Starts one: a sidecar, so that nobody answers. */
export async function startDynamicsHost(settings: NodeJS.ProcessEnv = {}): Promise<DynamicsHost> {
  const api = await startApiHost({
    BLUETICK_MODE: 'sidecar',
    DATAVERSE_WEBHOOK_KEY: dataverseKey,
    ...settings,
  });
  return Object.assign(Object.create(api), {
    async waitingFor(customer: string) {
      await api.webhook({
        contacts: [{ wa_id: customer, profile: { name: 'Ann' } }],
        messages: [
          {
            from: customer,
            id: `wamid.${customer}`,
            timestamp: String(Math.floor(Date.now() / 1000)),
            type: 'text',
            text: { body: 'hello' },
          },
        ],
      });
      const { business } = api;
      const found = await api.host.app.store.conversation({ channel: 'simulator', business, customer });
      return String(found?.id);
    },
    async tell(...writes: readonly WorkItemWrite[]) {
      const url = `${api.host.url}/webhooks/dataverse?code=${dataverseKey}`;
      const bodies = writes.map(workItemBody);
      const answer = await deliverToDataverse(url, bodies.length === 1 ? bodies[0] : bodies);
      assert.equal(answer.status, 200);
      return ((await answer.json()) as Outcomes).items;
    },
  });
}

/**
 * What the pages show of the API's answers: each is asked of a host, which is brought to the point that the page tells of.
 *
 * @module
 */
import type { ApiHost } from '../support/apiHost.ts';
import type { BlockName } from './blocks.ts';

/** One that is shown. */
export interface ShownAnswer extends BlockName {
  /** Fields whose own fields are what there happens to be. */
  readonly open?: readonly string[];
  ask(api: ApiHost): Promise<unknown>;
}

/** All of them, but for those that a page's own test compares. */
export const shownAnswers: readonly ShownAnswer[] = [
  {
    file: 'docs/audit.md',
    begins: '{ "items"',
    async ask(api) {
      const phone = api.simulator.phone('4915550002222');
      const conversation = await api.conversationWith(phone);
      await fetch(`${api.host.url}/api/v1/policies/conversation/${conversation}`, {
        method: 'PUT',
        headers: { 'x-api-key': api.key },
        body: JSON.stringify({ read: { when: 'agentOpened', delay: { minMs: 1 } }, typing: { show: false } }),
      });
      const { id } = phone.say('Is anybody there?');
      await api.simulator.idle();
      const opened = { event: 'opened', agent: 'Ada' };
      await api.call('POST', `/conversations/${conversation}/agent-events`, opened);
      const deadline = AbortSignal.timeout(5000);
      for (;;) {
        const { body } = await api.call('GET', `/audit?message=${encodeURIComponent(id)}&limit=3`);
        if (body.items[0]?.outcome === 'sent') {
          // A page that is not the last names the next.
          return (await api.call('GET', `/audit?conversation=${conversation}&limit=3`)).body;
        }
        deadline.throwIfAborted();
      }
    },
  },
  {
    file: 'docs/data-protection.md',
    begins: '{ "id"',
    open: ['counts'],
    async ask(api) {
      const customer = '4915550003333';
      await api.conversationWith(api.simulator.phone(customer));
      return (await api.call('POST', '/customers/erasure', { customer })).body;
    },
  },
  {
    file: 'docs/sign-in.md',
    begins: '{ "role"',
    async ask(api) {
      return (await api.call('POST', '/session', { key: api.key, name: 'Ada' }, {})).body;
    },
  },
];

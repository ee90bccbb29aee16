import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { failureMaps } from '../../middleware/channels/failureNames.ts';
import { channelNames } from '../../middleware/domain.ts';
import { startApiHost } from '../support/apiHost.ts';
import { declaredChannels } from './channelTables.ts';
import { generatedFiles } from './generatedTables.ts';

describe('the tables that are made of the code', () => {
  it('are what the code says: `npm run tables` writes them', async () => {
    for (const { path, is, wanted } of await generatedFiles())
      assert.equal(is, wanted, relative(process.cwd(), path));
  });

  it('have every provider’s channel', () => {
    // The Emulator is no provider's.
    const providers = channelNames.filter(name => name !== 'emulator');
    const declared = new Set(declaredChannels.map(({ name }) => name));
    assert.deepEqual([...declared].toSorted(), providers.toSorted());
    for (const name of providers) assert.ok((failureMaps[name] ?? []).length > 0, name);
  });

  it('say what the API says of the channels that are on', async () => {
    const api = await startApiHost();
    try {
      const { body } = await api.call('GET', '/capabilities');
      const { channel, ...capabilities } = body.items.find(
        ({ channel }: { channel: string }) => channel === 'simulator',
      );
      const declared = declaredChannels.find(({ name }) => name === channel);
      assert.deepEqual(capabilities, declared?.capabilities);
    } finally {
      await api.close();
    }
  });
});

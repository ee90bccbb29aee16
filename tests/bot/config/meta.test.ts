import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { key, meta, refusal } from './samples.ts';

describe('the settings of the channel meta', () => {
  it('are lists where several may be valid, with blanks and a comma too many left out', () => {
    const lists = { META_PHONE_NUMBER_ID: ' 1, 2 ,,3,', META_APP_SECRET: 'new , old' };
    const config = readConfig({ ...meta, ...lists, BLUETICK_API_KEY: key });
    assert.deepEqual(config.meta?.phoneNumberIds, ['1', '2', '3']);
    assert.deepEqual(config.meta?.appSecrets, ['new', 'old']);
  });

  it('name the Graph API where nothing else is said', () => {
    assert.equal(
      readConfig({ ...meta, BLUETICK_API_KEY: key }).meta?.graphUrl,
      'https://graph.facebook.com/v25.0',
    );
  });

  describe('that are half set', () => {
    for (const name of Object.keys(meta)) {
      it(`are refused with the name that is missing: ${name}`, () => {
        const error = refusal({ ...meta, [name]: ' ', BLUETICK_API_KEY: key });
        assert.equal(error.field, name);
        assert.equal(error.message, `The channel meta is half set. Missing: ${name}.`);
      });
    }
    it('are refused with all names that are missing', () => {
      const error = refusal({ META_APP_SECRET: 'app-s3cret' });
      assert.equal(error.field, 'META_ACCESS_TOKEN');
      assert.match(error.message, /Missing: META_ACCESS_TOKEN, META_PHONE_NUMBER_ID, META_VERIFY_TOKEN\./);
    });
    it('are refused also where only the address is there', () => {
      assert.match(refusal({ META_GRAPH_URL: 'https://graph.facebook.com/v25.0' }).message, /half set/);
    });
  });
});

import type { EscalationCheck } from '../middleware/acknowledgements/checkEscalation.ts';
import { createHookAllowList } from '../middleware/acknowledgements/hooks/allowList.ts';
import { createHookClient } from '../middleware/acknowledgements/hooks/hookClient.ts';
import { HookSender } from '../middleware/acknowledgements/hooks/hookSender.ts';
import { createHookSigner } from '../middleware/acknowledgements/hooks/signature.ts';
import { createSignedHook } from '../middleware/acknowledgements/ways/signedHook.ts';
import { createTwilioCall } from '../middleware/acknowledgements/ways/twilioCall.ts';
import { createTwilioSms } from '../middleware/acknowledgements/ways/twilioSms.ts';
import type { EscalationWayOut, EscalationWays } from '../middleware/acknowledgements/ways/way.ts';
import type { Logger, Store } from '../middleware/ports.ts';
import { systemClock as clock, systemScheduler as scheduler } from '../middleware/timing/systemClock.ts';
import type { SmsConfig, WaysConfig } from './config/ways.ts';
import type { Renewal } from './secrets/renewal.ts';
import { renewedWay } from './secrets/renewedWay.ts';

/** What leaves the host beside the channels: escalations, and web hooks that tell what happens. */
export interface WaysOut {
  readonly ways: EscalationWays;
  /** What the escalation of a message may ask for. */
  readonly allowed: Pick<EscalationCheck, 'ways' | 'allowsHook'>;
  /** Who sends the web hooks; absent where they are off. */
  readonly sender: HookSender | undefined;
  close(): Promise<void>;
}

/** Makes them by the settings. The sender is the caller's to start and to stop. */
export async function createWaysOut(
  { hooks }: WaysConfig,
  renewal: Renewal,
  store: Store,
  log: Logger,
): Promise<WaysOut> {
  const allowed = createHookAllowList(hooks?.allowed ?? []);
  const signer = await renewal.hold(
    ({ ways }) => ways.hooks?.secrets,
    secrets => ({ sign: createHookSigner(secrets) }),
  );
  const client = signer && createHookClient({ sign: hook => signer.current.sign(hook), allowed, clock });
  const outs = [
    renewedWay(await renewal.hold(({ ways }) => ways.sms, createSms)),
    renewedWay(
      await renewal.hold(
        ({ ways }) => ways.voice,
        voice => createTwilioCall({ ...voice, clock }),
      ),
    ),
    client && createSignedHook(client),
  ].filter(out => out !== undefined);
  const ways: EscalationWays = new Map(outs.map(out => [out.type, out]));
  return {
    ways,
    allowed: { ways: [...ways.keys()], allowsHook: url => allowed.find(url) !== undefined },
    sender: client && new HookSender({ store, client, clock, scheduler, log, random: Math.random }),
    async close() {
      await Promise.all([...outs.map(out => out.close()), client?.close()]);
    },
  };
}

async function createSms(sms: SmsConfig): Promise<EscalationWayOut> {
  if (sms.over === 'twilio') return createTwilioSms({ ...sms, clock });
  // Azure's SDK takes a fifth of a second to load: for those who use it.
  const { createAcsSms } = await import('../middleware/acknowledgements/ways/acsSms.ts');
  return createAcsSms({ ...sms, clock });
}

import type { Channel, Logger, Store } from '../../middleware/ports.ts';
import type { ChangeListener } from '../../middleware/receipts/changes.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { systemClock, systemScheduler } from '../../middleware/timing/systemClock.ts';
import { EventRing } from './eventRing.ts';
import { SharedEvents } from './sharedEvents.ts';
import { Streams } from './streams.ts';
import { changeViewer } from './viewChange.ts';

/** The live stream over what an engine tells, and over what those of other processes tell that share its store. */
export function createStreams(
  engine: Pick<Engine, 'onChange'>,
  channels: readonly Channel[],
  { store, log }: { store: Pick<Store, 'sharing'>; log: Logger },
): Streams {
  const listen = (listener: ChangeListener) => engine.onChange(listener);
  const view = changeViewer(channels);
  const events =
    store.sharing === undefined
      ? new EventRing({ listen, view, scheduler: systemScheduler })
      : new SharedEvents({ listen, view, changes: store.sharing.changes });
  return new Streams({ events, clock: systemClock, scheduler: systemScheduler, log });
}

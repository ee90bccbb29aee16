import type { Channel, Logger } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { systemClock, systemScheduler } from '../../middleware/timing/systemClock.ts';
import { EventRing } from './eventRing.ts';
import { Streams } from './streams.ts';
import { changeViewer } from './viewChange.ts';

/** The live stream over what an engine tells. */
export function createStreams(
  engine: Pick<Engine, 'onChange'>,
  channels: readonly Channel[],
  log: Logger,
): Streams {
  const events = new EventRing({
    listen: listener => engine.onChange(listener),
    view: changeViewer(channels),
    scheduler: systemScheduler,
  });
  return new Streams({ events, clock: systemClock, scheduler: systemScheduler, log });
}

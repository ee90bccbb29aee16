import type { EscalationWays } from '../acknowledgements/ways/way.ts';
import type { PolicyBook } from '../policy/policyBook.ts';
import type { Channel, Clock, Logger, Scheduler, Store } from '../ports.ts';
import type { TelemetryOptions } from '../telemetry/telemetry.ts';
import type { TurnHandler } from './turnRunner.ts';

/** What `createEngine` is made of. */
export interface EngineOptions {
  readonly store: Store;
  readonly channels: readonly Channel[];
  /** A policy book, or {@link PolicySettings} where policies may be changed while it runs. */
  readonly policies: Pick<PolicyBook, 'resolve'>;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Default: the machine's timers. */
  readonly scheduler?: Scheduler;
  /** Default: says nothing. A pino logger fits. */
  readonly log?: Logger;
  /** A source of numbers from 0 up to 1 for the jitter of delays. Default `Math.random`. */
  readonly random?: () => number;
  /** Whom to tell in OpenTelemetry. Default its global providers; `false`: nobody, and nothing is counted. */
  readonly telemetry?: TelemetryOptions | false;
  /**
   * The addresses that a web hook goes to for everything that happens to a message. Default none. They are read each time:
   * `HookSender.listening` leaves out those that want no more.
   */
  readonly hooks?: readonly string[];
  /** The ways out for messages that do not arrive. Default none. */
  readonly ways?: EscalationWays;
  /** Runs the bot. Absent: no turn runs here, and a conversation that a webhook brings begins with holder `queue`. */
  readonly onTurn?: TurnHandler;
  /**
   * Whether no bot of ours answers, here or behind an adapter: a conversation that agents close, or that none of them takes,
   * is then back in the queue of whoever runs it. Default `false`: the bot has it again.
   */
  readonly sidecar?: boolean;
}

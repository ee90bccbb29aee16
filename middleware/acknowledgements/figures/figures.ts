import type { LedgerStore } from '../../ledgerStore.ts';
import type { Clock, Logger, Scheduler } from '../../ports.ts';
import { type Engagement, readEngagement } from './engagement.ts';
import { FigureRecorder } from './figureRecorder.ts';
import { type Insights, type InsightsQuery, insightsOf } from './insights.ts';
import { type Velocity, type VelocityAlarm, VelocityMonitor } from './velocityMonitor.ts';

/** What figures need from outside. */
export interface FigureParts {
  readonly store: Pick<LedgerStore, 'addFigures' | 'figures' | 'stuck' | 'listLedger'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Called when messages of a business have become slow to arrive, and when they are well again. */
  readonly onAlarm: (alarm: VelocityAlarm) => void;
}

/** Everything that is counted, and the answers to whoever asks for it. */
export class Figures {
  /** Where it is reported what happens. */
  readonly recorder: FigureRecorder;
  readonly #parts: FigureParts;
  readonly #velocity: VelocityMonitor;

  constructor(parts: FigureParts) {
    this.#parts = parts;
    this.#velocity = new VelocityMonitor(parts);
    this.recorder = new FigureRecorder({ ...parts, watcher: this.#velocity });
  }

  /** Takes up what earlier processes counted. */
  start(): void {
    this.#velocity.start();
  }

  /** See {@link insightsOf}: what was reported a moment ago in this process is in it. */
  async insights(query: InsightsQuery = {}): Promise<Insights> {
    await this.recorder.flush();
    const { store, clock } = this.#parts;
    return insightsOf(store, query, clock.now(), this.#velocity.velocities());
  }

  /** How fast messages of each business arrive now, as far as this process has seen. */
  velocities(): readonly Velocity[] {
    return this.#velocity.velocities();
  }

  /** See {@link readEngagement}. */
  engagement(conversation: string): Promise<Engagement> {
    return readEngagement(this.#parts.store, conversation, this.#parts.clock.now());
  }

  /** Writes what there is and ends: no timer is left. */
  async stop(): Promise<void> {
    await Promise.all([this.#velocity.stop(), this.recorder.stop()]);
  }
}

import { type Answer, type Call, type CallServer, type Silence, serveCalls } from '../support/callServer.ts';

/** A call of a way, with the bytes that it sent. */
export type ProviderCall = Call<Buffer>;

/** A way's provider on this machine: it answers calls as it is told to. */
export interface WayProvider extends CallServer<Buffer> {
  /** What the next call is answered; a silence stands for an answer that does not come. */
  strike(next: Answer | Silence): void;
  /** Waits until there have been so many calls. */
  called(count: number): Promise<unknown>;
}

/** Starts one on a free port. */
export async function startWayProvider(
  answerTo: (call: ProviderCall) => Answer | Silence,
): Promise<WayProvider> {
  const strikes: (Answer | Silence)[] = [];
  const server = await serveCalls(
    raw => raw,
    call => strikes.shift() ?? answerTo(call),
  );
  return {
    ...server,
    strike: next => void strikes.push(next),
    called: count => server.waitFor(() => server.calls.length >= count, 5000),
  };
}

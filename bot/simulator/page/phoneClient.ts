import type { PhoneChange, PhoneScreen } from '../phoneScreen.ts';
import { afterChange } from './phoneState.ts';

/** The way to a customer's phone at the host. Event: `change`, when it shows something else. */
export class PhoneClient extends EventTarget {
  /** The phone; `undefined` until the host has told of it. */
  phone: PhoneScreen | undefined;
  /** Whether the host tells of it now. */
  isLive = false;
  /** What the host refused last, for people. */
  trouble: string | undefined;
  #customer = '';
  #source: EventSource | undefined;

  /** Follows the phone of a customer, and no other any more. */
  follow(customer: string): void {
    this.stop();
    this.#customer = customer;
    const source = new EventSource(this.#path('events'));
    this.#source = source;
    source.addEventListener('open', () => this.#changed({ isLive: true }));
    source.addEventListener('error', () => this.#changed({ isLive: false }));
    source.addEventListener('phone', ({ data }) => this.#changed({ phone: JSON.parse(data) }));
    source.addEventListener('change', ({ data }) => {
      const change: PhoneChange = JSON.parse(data);
      if (this.phone !== undefined) this.#changed({ phone: afterChange(this.phone, change) });
    });
  }

  /** Follows nobody. */
  stop(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#changed({ phone: undefined, isLive: false, trouble: undefined });
  }

  /** Lets the customer do something: see `createPhoneDoor`. */
  async act(name: string, body: object): Promise<void> {
    // `keepalive`: that the chat was left is told also by a page that goes away.
    await this.#post(name, JSON.stringify(body), { 'content-type': 'application/json' }, name === 'chat');
  }

  /** Switches the phone's network or its read receipts. */
  async set(settings: { readonly online?: boolean; readonly readReceipts?: boolean }): Promise<void> {
    await this.act('settings', settings);
    if (this.phone !== undefined) this.#changed({ phone: { ...this.phone, ...settings } });
  }

  /** Sends a file, with words. */
  async send(file: File, caption: string): Promise<void> {
    const type = file.type === '' ? 'application/octet-stream' : file.type;
    await this.#post('files', file, {
      'content-type': type,
      'x-file-name': encodeURIComponent(file.name),
      ...(caption !== '' && { 'x-caption': encodeURIComponent(caption) }),
    });
  }

  async #post(
    name: string,
    body: BodyInit,
    headers: Record<string, string>,
    keepalive = false,
  ): Promise<void> {
    try {
      const response = await fetch(this.#path(name), { method: 'POST', headers, body, keepalive });
      const answer = await response.json();
      this.#changed({ trouble: response.ok ? undefined : String(answer.error?.message) });
    } catch (error) {
      this.#changed({ trouble: String(error) });
    }
  }

  #path(part: string): string {
    return `/phone/${this.#customer}/${part}`;
  }

  #changed(now: Partial<Pick<PhoneClient, 'phone' | 'isLive' | 'trouble'>>): void {
    Object.assign(this, now);
    this.dispatchEvent(new Event('change'));
  }
}

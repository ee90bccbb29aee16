import assert from 'node:assert/strict';

/** A browser, as far as cookies and redirects go: each origin has its own cookies. */
export class OidcBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** The cookies of an origin, as they are sent. */
  cookieFor(origin: string): string {
    return [...(this.#cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Asks for one page, follows nothing. */
  async get(address: string): Promise<Response> {
    const { origin } = new URL(address);
    const answer = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: this.cookieFor(origin) },
    });
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Follows redirects until one leads to an address that begins so; answers that address, unasked for. */
  async followTo(address: string, beginning: string): Promise<string> {
    let next = address;
    for (let steps = 0; steps < 10; steps += 1) {
      if (next.startsWith(beginning)) return next;
      const answer = await this.get(next);
      const location = answer.headers.get('location');
      assert.ok(location, `${next.split('?')[0]} was answered ${answer.status}: ${await answer.text()}`);
      next = new URL(location, next).href;
    }
    return assert.fail('the redirects have no end');
  }
}

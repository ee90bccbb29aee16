import assert from 'node:assert/strict';

/** A family of metrics, read from Prometheus' text format. */
export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** One line of it. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const labelForm = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"/g;
const sampleForm = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/**
 * Reads it by the rules of the format, version 0.0.4: HELP and TYPE before the samples of a family, each sample once, buckets that
 * grow up to the count. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  assert.ok(text.endsWith('\n'), 'the last line ends');
  const families = new Map<string, Family & { samples: Sample[] }>();
  const seen = new Set<string>();
  let current = '';
  let help: readonly [name: string, text: string] = ['', ''];
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line);
    if (comment !== null) {
      const [, what, name = '', said = ''] = comment;
      if (what === 'HELP') help = [name, said];
      else {
        assert.match(said, /^(counter|gauge|histogram)$/);
        assert.equal(help[0], name, 'HELP stands before TYPE');
        assert.ok(!families.has(name), `${name} comes once`);
        families.set(name, { type: said, help: help[1], samples: [] });
        current = name;
      }
      continue;
    }
    const [, name = '', inBraces = '', value = ''] = sampleForm.exec(line) ?? assert.fail(line);
    const labels = Object.fromEntries(
      [...inBraces.matchAll(labelForm)].map(([, label = '', said = '']) => [label, said]),
    );
    assert.equal(inBraces.replace(labelForm, '').replaceAll(',', ''), '', line);
    const family = families.get(current) ?? assert.fail(`${line} before any TYPE`);
    const suffix = name.slice(current.length);
    const allowed = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    assert.ok(name.startsWith(current) && allowed.includes(suffix), `${name} under ${current}`);
    assert.ok(!seen.has(name + inBraces), `${line} comes once`);
    seen.add(name + inBraces);
    assert.ok(!Number.isNaN(Number(value)), line);
    family.samples.push({ name, labels, value: Number(value) });
  }
  for (const [name, { type, samples }] of families) {
    if (type === 'counter') assert.match(name, /_total$/);
    if (type === 'histogram') checkBuckets(name, samples);
  }
  return families;
}

function checkBuckets(name: string, samples: readonly Sample[]): void {
  const of = ({ labels: { le: _le, ...others } }: Sample) => JSON.stringify(others);
  for (const series of Map.groupBy(samples, of).values()) {
    const buckets = series.filter(sample => sample.name === `${name}_bucket`);
    const limits = buckets.map(({ labels }) =>
      labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le),
    );
    assert.deepEqual(
      limits,
      limits.toSorted((one, other) => one - other),
    );
    assert.equal(limits.at(-1), Number.POSITIVE_INFINITY);
    const counts = buckets.map(({ value }) => value);
    assert.deepEqual(
      counts,
      counts.toSorted((one, other) => one - other),
    );
    assert.equal(series.find(sample => sample.name === `${name}_count`)?.value, counts.at(-1));
    assert.ok(series.some(sample => sample.name === `${name}_sum`));
  }
}

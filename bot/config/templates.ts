import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { channelNames } from '../../middleware/domain.ts';
import { type KnownTemplate, placesOf } from '../templates/templateBook.ts';
import { misconfigured, text } from './fields.ts';

/** The settings as the environment has them. */
export const templateSettings = z.object({ BLUETICK_TEMPLATES: text });

/** What the workshop of the sample bot would have had approved: for the simulator, which takes any. */
const samplesFile = join(import.meta.dirname, '..', 'templates', 'samples.json');

const short = (most: number) => z.string().trim().min(1).max(most);

const template = z
  .strictObject({
    name: short(512),
    language: short(20),
    text: short(1024),
    parameters: z
      .array(
        z.strictObject({
          name: z.string().regex(/^\w{1,60}$/, 'allowed: 1 to 60 letters, digits and _'),
          example: short(240),
        }),
      )
      .max(100)
      .default([]),
    channels: z.array(z.enum(channelNames)).min(1).optional(),
  })
  .transform(({ channels, ...rest }) => ({ ...rest, ...(channels !== undefined && { channels }) }))
  .superRefine(({ text, parameters }, context) => {
    const places = placesOf(text);
    const names = new Set(parameters.map(({ name }) => name));
    for (const name of places) {
      if (names.has(name)) continue;
      const message = `{{${name}}} is none of its parameters`;
      context.addIssue({ code: 'custom', path: ['text'], message });
    }
    if (names.size < parameters.length || parameters.some(({ name }) => !places.has(name))) {
      const message = 'allowed: each {{name}} of the text, once';
      context.addIssue({ code: 'custom', path: ['parameters'], message });
    }
  });

const file = z.array(template).max(1000);

/**
 * Reads the templates that agents may choose from: those of the file, else a few samples where the simulator is the only
 * channel, else none.
 *
 * @throws BluetickError `invalid_configuration` that names the field of the file
 */
export function readTemplates(
  { BLUETICK_TEMPLATES: path }: z.output<typeof templateSettings>,
  simulator: boolean,
): readonly KnownTemplate[] {
  if (path !== undefined) return parse(path);
  return simulator ? parse(samplesFile) : [];
}

function parse(path: string): readonly KnownTemplate[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw misconfigured('BLUETICK_TEMPLATES', `BLUETICK_TEMPLATES: ${why}: ${path}`, error);
  }
  const read = file.safeParse(content);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = (issue?.path ?? []).join('.');
  const message = `BLUETICK_TEMPLATES: ${path}: ${field && `${field}: `}${issue?.message}`;
  throw misconfigured('BLUETICK_TEMPLATES', message);
}

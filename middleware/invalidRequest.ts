import type { z } from 'zod';
import { BluetickError } from './errors.ts';

/** What is wrong with a body, by its first fault: the field is named where there is one. */
export function invalidRequest({ issues: [issue] }: z.ZodError): BluetickError {
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...(issue?.path ?? []), ...unknown].join('.');
  const message = `${field || 'body'}: ${unknown.length > 0 ? 'unknown field' : issue?.message}`;
  return new BluetickError('invalid_request', message, field === '' ? {} : { field });
}

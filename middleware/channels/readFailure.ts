import { cutDetail } from '../cutDetail.ts';
import type { Acknowledgement } from '../domain.ts';

/**
 * A failure as it is kept. Codes are counted and told without personal data: what has not the form of one is `unknown`,
 * and is kept before the text.
 *
 * @param code as the provider gives it
 * @param text the provider's own words
 * @param form what its codes look like
 */
export function readFailure(
  code: string | undefined,
  text: string | undefined,
  form = /^[\w.-]{1,64}$/,
): NonNullable<Acknowledgement['failures']>[number] {
  const isCode = code !== undefined && form.test(code);
  const words = (isCode ? [text] : [code, text]).filter(Boolean);
  const detail = cutDetail(words.join(': '));
  return { code: isCode ? code : 'unknown', ...(detail !== '' && { detail }) };
}

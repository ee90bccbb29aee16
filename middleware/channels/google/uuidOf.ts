import { createHash } from 'node:crypto';

const form = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The UUID under which Google knows a call again: an id of ours that is one already, else one made of it. The same id
 * always gives the same.
 */
export function uuidOf(id: string): string {
  if (form.test(id)) return id;
  const hash = createHash('sha256').update(id).digest('hex');
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}

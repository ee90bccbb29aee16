import { failureMeanings } from '../../middleware/channels/failureMap.ts';
import { failureName } from '../../middleware/channels/failureNames.ts';
import type { ChannelName, Refusal } from '../../middleware/domain.ts';

/** Why a call was refused, as the API shows it: `is` does not change between versions, `todo` is for people. */
export function viewRefusal({ code, is, detail }: Refusal) {
  return { code, is, todo: failureMeanings[is].todo, ...(detail !== undefined && { detail }) };
}

/** The same of a failure that a channel reported of a message which it had taken. */
export function viewFailure(
  channel: ChannelName,
  { code, detail }: { readonly code: string; readonly detail?: string },
) {
  return viewRefusal({ code, is: failureName(channel, code), ...(detail !== undefined && { detail }) });
}

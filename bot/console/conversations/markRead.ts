import { api } from '../base/api.ts';

/**
 * Marks a customer's message read now, with what is held before it.
 *
 * @param message our id of it
 * @throws ApiError, TypeError as `api.ask` does
 */
export async function markRead(message: string): Promise<void> {
  await api.ask('/api/v1/receipts', { method: 'POST', body: { message, includeHeld: true } });
}

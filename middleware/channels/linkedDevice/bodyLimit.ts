/** The largest webhook that is read, in bytes. No size is documented; an event is one message, its files left out. */
export const webhookBodyLimit = 256 * 1024;

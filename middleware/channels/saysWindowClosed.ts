/** Meta's code, which ACS passes on as it is, and Twilio's. */
const codes: ReadonlySet<string> = new Set(['131047', '63016']);

/**
 * Whether a provider's code says that the window is closed, whatever our clock says: Meta's 131047 ("More than 24 hours
 * have passed since the recipient last replied to the sender number") and Twilio's 63016 ("Outside messaging window").
 */
export function saysWindowClosed(code: string): boolean {
  return codes.has(code);
}

/**
 * After how long a status whose message is still not known counts as unmatched, in milliseconds: one hour. A status may
 * come before the answer to the call that it is of, by seconds; after an hour somebody else has sent the message.
 */
export const unmatchedAfterMs = 60 * 60 * 1000;

/** Reads a text as JSON, such as the body of a refusal, which may be anything; what is not JSON is `undefined`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

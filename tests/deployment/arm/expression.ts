/** An expression of a template, read: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions */
export type Expression =
  | { readonly is: 'value'; readonly value: string | number }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly is: 'member'; readonly of: Expression; readonly name: Expression };

/** Whether a text is an expression: it begins with one `[`, as two stand for one that is written. */
export function isExpression(text: string): boolean {
  return /^\[(?!\[).*\]$/s.test(text);
}

const token = /\s*(?:'((?:[^']|'')*)'|(-?\d+)|([A-Za-z_]\w*)|([()[\],.]))/y;

/**
 * Reads an expression.
 *
 * @param text with its brackets, as `[concat('a', parameters('b').c)]`
 * @throws Error that says where it is none
 */
export function parseExpression(text: string): Expression {
  const source = text.slice(1, -1);
  let at = 0;
  const next = () => {
    token.lastIndex = at;
    const match = token.exec(source);
    if (match === null) throw new Error(`no expression from character ${at + 1} on: ${text}`);
    const [, quoted, number, word, sign] = match;
    return { end: token.lastIndex, quoted, number, word, sign };
  };
  const isNext = (sign: string) => /\S/.test(source.slice(at)) && next().sign === sign;
  const take = (sign: string) => {
    const { sign: got, end } = next();
    if (got !== sign) throw new Error(`expected ${sign} at character ${at + 1}: ${text}`);
    at = end;
  };
  const list = (end: string): Expression[] => {
    const items: Expression[] = [];
    while (!isNext(end)) {
      if (items.length > 0) take(',');
      items.push(expression());
    }
    take(end);
    return items;
  };
  const start = (): Expression => {
    const { quoted, number, word, end } = next();
    at = end;
    if (quoted !== undefined) return { is: 'value', value: quoted.replaceAll("''", "'") };
    if (number !== undefined) return { is: 'value', value: Number(number) };
    if (word === undefined) throw new Error(`expected a value at character ${at}: ${text}`);
    take('(');
    return { is: 'call', name: word, args: list(')') };
  };
  const expression = (): Expression => {
    let found = start();
    for (;;) {
      if (isNext('.')) {
        take('.');
        const { word, end } = next();
        if (word === undefined) throw new Error(`expected a name at character ${at + 1}: ${text}`);
        at = end;
        found = { is: 'member', of: found, name: { is: 'value', value: word } };
      } else if (isNext('[')) {
        take('[');
        const name = expression();
        take(']');
        found = { is: 'member', of: found, name };
      } else return found;
    }
  };
  const read = expression();
  if (/\S/.test(source.slice(at))) throw new Error(`too much from character ${at + 1} on: ${text}`);
  return read;
}

/** Every call in an expression, the outer before the inner. */
export function* callsIn(expression: Expression): Generator<{ name: string; args: readonly Expression[] }> {
  if (expression.is === 'call') {
    yield expression;
    for (const arg of expression.args) yield* callsIn(arg);
  } else if (expression.is === 'member') {
    yield* callsIn(expression.of);
    yield* callsIn(expression.name);
  }
}

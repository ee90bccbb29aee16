/** Knows whether parts of a bed are at work. */
export interface WorkWatch {
  /** Whether one of the parts has a call under way. */
  busy(): boolean;
  /** The same part, with its calls counted. */
  over<Part extends object>(part: Part): Part;
}

/** Whatever a part can be asked. */
type Call = (...args: unknown[]) => unknown;

/** Counts the calls of parts, so that a clock can stand still as long as one is under way. */
export function watchWork(): WorkWatch {
  let underWay = 0;
  const counted =
    (call: Call, self: object) =>
    (...args: unknown[]) => {
      const answer = call.apply(self, args);
      if (answer instanceof Promise) {
        underWay += 1;
        const ended = () => {
          underWay -= 1;
        };
        answer.then(ended, ended);
      }
      return answer;
    };
  return {
    busy: () => underWay > 0,
    over: part =>
      new Proxy(part, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? counted(value as Call, target) : value;
        },
      }),
  };
}

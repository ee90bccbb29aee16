/** Makes what resolves in the next turn of the event loop, once for all that wait for it. */
export function nextTurn(): () => Promise<void> {
  let turn: Promise<void> | undefined;
  return () => {
    turn ??= new Promise(done => {
      setImmediate(() => {
        turn = undefined;
        done();
      });
    });
    return turn;
  };
}

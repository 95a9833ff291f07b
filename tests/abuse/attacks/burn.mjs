// What is no attack: only the machine is kept busy.

export function burn(_port, _options, underway) {
  underway();
  const turn = () => {
    for (const end = performance.now() + 20; performance.now() < end;);
    setImmediate(turn);
  };
  turn();
  return new Promise(() => {});
}

/**
 * Loaded into a process ahead of its program (`node --import`): its wall clock shows another time, by the milliseconds in
 * WRONG_CLOCK_MS. Its monotonic clock and its timers are right, as on a machine whose clock was set wrong.
 */
const RightDate = Date;
const wrongByMs = Number(process.env['WRONG_CLOCK_MS'] ?? 0);

globalThis.Date = new Proxy(RightDate, {
  construct: (_, given: [], target) => Reflect.construct(RightDate, given.length === 0 ? [now()] : given, target),
  apply: () => new RightDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});

function now(): number {
  return RightDate.now() + wrongByMs;
}

// When to draw and when to speak: as soon as possible, and never more often than anybody can follow.

export const RESTED = 150; // ms after the last move until what can wait follows
const QUIET = 600; // until it is read aloud

/**
 * Draws a change at once, and however many more there are in this frame, the last of them with the next.
 * @param {() => void} draw
 */
export function pace(draw) {
  let frame = 0;
  let isLate = false;
  const follow = () => {
    if (frame) {
      isLate = true;
      return;
    }
    draw();
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (isLate) follow();
      isLate = false;
    });
  };
  return { follow, stop: () => cancelAnimationFrame(frame) };
}

/**
 * Acts once with the next frame, however often it is asked to.
 * @param {() => void} act
 */
export function withFrame(act) {
  let frame = 0;
  const wait = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      act();
    });
  };
  return { wait, stop: () => cancelAnimationFrame(frame) };
}

/**
 * Acts once nothing has moved for a while.
 * @param {() => void} act
 * @param {number} [delay] ms
 */
export function whenQuiet(act, delay = QUIET) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  const wait = () => {
    stop();
    timer = setTimeout(act, delay);
  };
  return { wait, stop };
}

/**
 * Does something with many things, a slice of them at a time, so that what else there is to do comes between.
 * @param {number} size Of a slice.
 * @param {(place: number) => void} act
 * @param {() => void} done Called in the end.
 */
export function inSlices(size, act, done) {
  let timer = 0;
  const run = (/** @type {number} */ from, /** @type {number} */ count) => {
    const end = Math.min(from + size, count);
    for (let place = from; place < end; place += 1) act(place);
    if (end < count) timer = setTimeout(run, 0, end, count);
    else done();
  };
  const stop = () => clearTimeout(timer);
  const start = (/** @type {number} */ count) => {
    stop();
    run(0, count);
  };
  return { start, stop };
}

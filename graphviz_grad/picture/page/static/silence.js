// Whether the kernel answers: it may be busy, and it may be gone.

const PATIENCE = 2500; // ms that a move may be unanswered

/**
 * Waits for answers.
 * @param {() => boolean} isBehind Whether there is something that the kernel has not answered yet.
 * @param {() => void} changed Called when it has fallen silent, and when it has answered after all.
 */
export function awaitAnswers(isBehind, changed) {
  let timer = 0;
  let isSilent = false;
  const say = (/** @type {boolean} */ now) => {
    if (isSilent === now) return;
    isSilent = now;
    changed();
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
  };
  const moved = () => {
    timer ||= isBehind() ? setTimeout(() => {
      timer = 0;
      say(isBehind());
    }, PATIENCE) : 0;
  };
  return {
    get isSilent() {
      return isSilent;
    },
    moved,
    /** Any answer is a sign of life, even if it is none to the last move. */
    answered: () => {
      stop();
      say(false);
      moved();
    },
    stop,
  };
}

// Moves a slider as a hand would, and takes the times; an area is the output of a cell, or a whole page.
(() => {
  const STEPS = 40; // there and back again
  const PER_FRAME = 10; // of many moves

  const frame = () => new Promise(requestAnimationFrame);

  /** The next frame is on its way to the screen when what was posted in it arrives. */
  const painted = async () => {
    await frame();
    const { port1, port2 } = new MessageChannel();
    const arrived = new Promise((resolve) => (port1.onmessage = resolve));
    port2.postMessage(null);
    await arrived;
    return performance.now();
  };

  /** What the picture says of x: our text, or whatever JupyterLab makes of a Digraph. */
  const said = (area) =>
    area.querySelector('.gg-figure [data-name="x"] .gg-value')?.textContent ??
    area.querySelector("img[src^=data]")?.src ??
    area.querySelector(".jp-RenderedSVG svg")?.textContent ??
    "";

  /** One step of the first slider: an arrow key on ipywidgets' handle, or what it makes of a range. */
  const step = (area, isBack) => {
    const handle = area.querySelector(".noUi-handle");
    if (handle) {
      const [key, keyCode] = isBack ? ["ArrowLeft", 37] : ["ArrowRight", 39];
      handle.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode, bubbles: true, cancelable: true }));
      return;
    }
    const range = area.querySelector("[type=range]");
    if (isBack) range.stepDown();
    else range.stepUp();
    range.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const rest = async () => {
    const kernel = window.jupyterapp?.shell.currentWidget.context.sessionContext.session.kernel;
    do await frame();
    while (kernel && kernel.status !== "idle");
    for (let count = 0; count < 4; count += 1) await frame();
  };

  /** Single moves: milliseconds to the changed picture, and until it is painted. */
  const move = async (area, moves) => {
    const changes = [];
    const pixels = [];
    for (let number = 0; number < moves; number += 1) {
      await new Promise((next) => setTimeout(next, 17 * Math.random())); // a key comes at any time
      const before = said(area);
      const changed = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          const now = said(area);
          if (now === "" || now === before) return;
          observer.disconnect();
          resolve(performance.now());
        });
        observer.observe(area, { childList: true, subtree: true, characterData: true, attributes: true });
      });
      const start = performance.now();
      step(area, number % 2 === 1);
      changes.push((await changed) - start);
      pixels.push((await painted()) - start);
      await rest();
    }
    return { changes, pixels };
  };

  /** A move at every frame: milliseconds of script for each, and how many frames a second had changed. */
  const drag = async (area, moves) => {
    const scripts = [];
    let updates = 0;
    let last = said(area);
    await frame();
    const first = performance.now();
    for (let number = 0; number < moves; number += 1) {
      const start = performance.now();
      step(area, Math.floor(number / STEPS) % 2 === 1);
      await null; // observers of what has changed run before
      scripts.push(performance.now() - start);
      await frame();
      const now = said(area);
      if (now !== "" && now !== last) updates += 1;
      last = now || last;
    }
    return { scripts, rate: (1000 * updates) / (performance.now() - first) };
  };

  /** As many moves as there may be, ten in a frame. */
  const many = async (area, moves) => {
    for (let number = 0; number < moves; number += 1) {
      step(area, Math.floor(number / STEPS) % 2 === 1);
      if (number % PER_FRAME === 0) await frame();
    }
    await rest();
  };

  /** Takes the output of a cell away and shows it again, each time until what is told is there. */
  const reopen = async (cell, shown, cycles) => {
    const { model } = window.jupyterapp.shell.currentWidget.content.widgets[cell];
    const outputs = model.outputs.toJSON();
    const there = () => document.querySelector(shown) !== null;
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      model.sharedModel.setOutputs([]);
      while (there()) await frame();
      model.sharedModel.setOutputs(outputs);
      while (!there()) await frame();
    }
    await rest();
  };

  window.bench = { move, drag, many, reopen };
})();

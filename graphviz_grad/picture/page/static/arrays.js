// Both passes of a program in which some nodes are arrays: element by element, broadcasting as numpy does.

import { locate, sizeOf } from "./program.js";

/** @typedef {ReturnType<typeof bindStep>} Bound A step with the numbers that it reads and writes. */

/**
 * @param {import("./program.js").Layout} layout
 * @param {Float64Array} memory Holds every number of the state; arrays are held beside it.
 * @returns {import("./replay.js").Tape}
 */
export function bindArrays({ start, arrays, shapes, steps, pulls, seeds, nodes, size }, memory) {
  const shapeOf = (/** @type {number} */ slot) => shapes[slot] ?? [];
  const room = (/** @type {number[]} */ shape, /** @type {number} */ place) =>
    shape.length ? new Float64Array(sizeOf(shape)) : memory.subarray(place, place + 1);
  const placeOf = (/** @type {number} */ slot) => (slot < nodes ? 2 * slot : size + slot - nodes);
  const slots = [...Array(nodes + start.length - size).keys()];
  const values = slots.map((slot) => arrays.get(slot)?.slice() ?? room(shapeOf(slot), placeOf(slot)));
  const grads = slots.slice(0, nodes).map((slot) => room(shapeOf(slot), 2 * slot + 1));
  const bound = new Map(steps.map((step) => [step, bindStep(step, { shapeOf, room, values, grads })]));
  const forward = [...bound.values()];
  const backward = pulls.map((step) => /** @type {Bound} */ (bound.get(step)));
  const brought = pulls.flatMap((step) => /** @type {Bound} */ (bound.get(step)).uses);
  brought.sort((a, b) => a.edge - b.edge);
  const told = slots
    .slice(0, nodes)
    .filter((slot) => slot in shapes)
    .flatMap((slot) => (seeds.has(slot) ? [values[slot], grads[slot]] : [values[slot]]));
  for (const { shape, contributions } of brought) if (shape.length) told.push(contributions);
  const numbers = new Float64Array(told.reduce((all, { length }) => all + length, size));
  /** @param {Iterable<[import("./program.js").Leaf, number]>} [leaves] */
  const run = (leaves = []) => {
    memory.set(start);
    for (const [slot, elements] of arrays) values[slot].set(elements);
    for (const [leaf, value] of leaves) {
      const [slot, element] = locate(leaf);
      values[slot][element] = value;
    }
    grads.forEach((grad, slot) => grad.fill(seeds.get(slot) ?? NaN));
    for (const step of forward) push(step);
    for (const step of backward) pull(step);
    numbers.set(memory.subarray(0, size));
    let place = size;
    for (const elements of told) {
      numbers.set(elements, place);
      place += elements.length;
    }
  };
  return { run, numbers, elements: (slot) => ({ value: values[slot], grad: grads[slot] }) };
}

/**
 * @param {import("./program.js").Step} step
 * @param {object} given
 * @param {(slot: number) => number[]} given.shapeOf
 * @param {(shape: number[], place: number) => Float64Array} given.room
 * @param {Float64Array[]} given.values By slot.
 * @param {Float64Array[]} given.grads
 */
function bindStep({ forward, terms, inputs, slot, uses }, { shapeOf, room, values, grads }) {
  const places = terms ? [] : inputs.map((input) => spread(shapeOf(input), shapeOf(slot)));
  return {
    forward,
    sum: terms && bindTerms(terms, inputs.map((input) => values[input])),
    /** The operands of element k of the result. */
    read: (/** @type {number} */ k) => inputs.map((input, operand) => values[input][places[operand][k]]),
    results: values[slot],
    upstream: grads[slot],
    uses: uses.map(({ operand, edge, partial, vjp }) => ({
      operand,
      edge,
      shape: shapeOf(inputs[operand]),
      partial,
      vjp,
      places: places[operand],
      partials: room(shapeOf(slot), edge),
      contributions: room(shapeOf(inputs[operand]), edge + 1),
      grads: grads[inputs[operand]],
    })),
  };
}

/**
 * @param {import("./program.js").Terms} terms
 * @param {Float64Array[]} operands
 */
function bindTerms({ out, by, of }, operands) {
  const places = operands.flatMap((elements, operand) => Array.from(elements, (_, place) => ({ operand, place })));
  return {
    operands,
    out,
    by: (/** @type {number} */ term) => (typeof by === "number" ? by : by[term]),
    /** Of each term its factors, each an element of an operand. */
    factors: out.map((_, term) => of.map((list) => places[list[term]])),
  };
}

/** @typedef {ReturnType<typeof bindTerms>} Sum */

/** @param {Sum} sum @param {Float64Array} results */
function pushTerms({ operands, out, by, factors }, results) {
  results.fill(-0); // which adds nothing to any number
  for (let term = 0; term < out.length; term++) {
    let product = by(term);
    for (const { operand, place } of factors[term]) product *= operands[operand][place];
    results[out[term]] += product;
  }
}

/**
 * What one operand receives: for each factor of its own the product of all others.
 * @param {Sum} sum
 * @param {number} mine
 * @param {Float64Array} contributions
 * @param {Float64Array} upstream
 */
function pullTerms({ operands, out, by, factors }, mine, contributions, upstream) {
  contributions.fill(0);
  for (let term = 0; term < out.length; term++) {
    const product = factors[term];
    product.forEach(({ operand, place }, here) => {
      if (operand !== mine) return;
      let received = upstream[out[term]] * by(term);
      product.forEach((other, factor) => {
        if (factor !== here) received *= operands[other.operand][other.place];
      });
      contributions[place] += received;
    });
  }
}

/** @param {Bound} step */
function push({ forward, sum, read, results, uses }) {
  if (sum) return pushTerms(sum, results);
  for (let k = 0; k < results.length; k++) {
    const operands = read(k);
    results[k] = forward(...operands);
    for (const { partials, partial, vjp } of uses) {
      partials[k] = partial ? partial(results[k], ...operands) : vjp(1, results[k], ...operands);
    }
  }
}

/** @param {Bound} step */
function pull({ sum, read, results, upstream, uses }) {
  for (const { operand, places, partials, contributions, grads, vjp } of uses) {
    if (sum) pullTerms(sum, operand, contributions, upstream);
    else contributions.fill(results.length ? -0 : 0); // -0 adds nothing to any number; a sum of nothing is 0
    for (let k = 0; !sum && k < results.length; k++) {
      contributions[places[k]] += vjp ? vjp(upstream[k], results[k], ...read(k)) : upstream[k] * partials[k];
    }
    contributions.forEach((contribution, k) => (grads[k] += contribution));
  }
}

/**
 * For each element of an array where the operand has what it takes.
 * @param {number[]} shape Of the operand.
 * @param {number[]} result Shape of the array.
 */
function spread(shape, result) {
  const places = new Int32Array(sizeOf(result));
  for (let k = 0; k < places.length; k++) {
    let rest = k;
    let stride = 1;
    for (let axis = result.length - 1; axis >= 0; axis--) {
      const length = shape[axis - result.length + shape.length] ?? 1;
      if (length !== 1) places[k] += stride * (rest % result[axis]);
      stride *= length;
      rest = Math.floor(rest / result[axis]);
    }
  }
  return places;
}

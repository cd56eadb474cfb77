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
function bindStep({ forward, inputs, slot, uses }, { shapeOf, room, values, grads }) {
  const places = inputs.map((input) => spread(shapeOf(input), shapeOf(slot)));
  return {
    forward,
    /** The operands of element k of the result. */
    read: (/** @type {number} */ k) => inputs.map((input, operand) => values[input][places[operand][k]]),
    results: values[slot],
    upstream: grads[slot],
    uses: uses.map(({ operand, edge, partial, vjp }) => ({
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

/** @param {Bound} step */
function push({ forward, read, results, uses }) {
  for (let k = 0; k < results.length; k++) {
    const operands = read(k);
    results[k] = forward(...operands);
    for (const { partials, partial, vjp } of uses) {
      partials[k] = partial ? partial(results[k], ...operands) : vjp(1, results[k], ...operands);
    }
  }
}

/** @param {Bound} step */
function pull({ read, results, upstream, uses }) {
  for (const { places, partials, contributions, grads, vjp } of uses) {
    contributions.fill(results.length ? -0 : 0); // -0 adds nothing to any number; a sum of nothing is 0
    for (let k = 0; k < results.length; k++) {
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

// What is said of an array: the rules of picture/array_text.py.

import { STYLE } from "./constants.js";
import { formatAscii, formatNumber, formatTyped } from "./number.js";

/**
 * @typedef {object} Elements An array of a state.
 * @property {Float64Array} numbers
 * @property {number[]} shape
 * @property {"float" | "int" | "bool"} kind
 */

const EDGE_ITEMS = 3;
const TOOLTIP_LIMIT = 64;
const ROW = 4;

/**
 * The range of the finite elements, or what is to be said instead.
 * @param {Elements} elements
 * @param {boolean} [isAscii]
 */
export function extentText({ numbers, kind }, isAscii = false) {
  if (!numbers.length) return "empty";
  if (kind === "bool") return `${numbers.filter(Boolean).length} of ${numbers.length} True`;
  let [low, high] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (!Number.isFinite(number)) continue;
    if (number < low) low = number;
    if (number > high) high = number;
  }
  if (low > high) return "not finite";
  const [from, to] = [low, high].map((end) => formatTyped(end, kind, isAscii ? formatAscii : formatNumber));
  return low === high ? `all ${from}` : `${from} ${isAscii ? "to" : "\u2026"} ${to}`;
}

/** @param {Elements} elements How many are nan or infinite, if any is and any other is not. */
function faultsText({ numbers }) {
  const count = numbers.length - numbers.filter(Number.isFinite).length;
  return count > 0 && count < numbers.length ? `, ${count} not finite` : "";
}

/** @param {Elements} elements What is wrong, if anything is. */
export function faultOf({ numbers }) {
  if (numbers.every(Number.isFinite)) return "";
  if (numbers.some(Number.isNaN)) return "nan";
  return numbers.includes(Infinity) ? "inf" : "\u2212inf";
}

/**
 * How large an array is, for bars and lanes: its root mean square.
 * @param {Elements} elements
 */
export function magnitude({ numbers }) {
  let sum = 0;
  for (const number of numbers) sum += number * number;
  return numbers.length ? Math.sqrt(sum / numbers.length) : 0;
}

/** @param {Elements} elements */
export function elementsState({ numbers }) {
  if (!numbers.every(Number.isFinite)) return "nan";
  if (!numbers.some(Boolean)) return "zero";
  return numbers.every((number) => number <= 0) ? "negative" : "";
}

/** @param {number[]} shape */
export function shapeText(shape) {
  const text = shape.join("\u00d7");
  if (shape.length === 1) return `[${text}]`;
  return text.length <= STYLE.SHAPE_LENGTH ? text : `${shape.length}-d array`;
}

/**
 * An array in one line: all of a grid, else shape and range.
 * @param {Elements} elements
 */
export function oneLine(elements) {
  const { numbers, kind, shape } = elements;
  if (isGrid(shape)) {
    const texts = Array.from(numbers, (number) => formatTyped(number, kind, formatAscii));
    return nest(texts, shape, shape.map(() => false), "");
  }
  return `${shapeText(shape)} ${extentText(elements, true)}${faultsText(elements)}`;
}

/**
 * An array line by line, columns aligned; the middle of a large one is left out.
 * @param {Elements} elements
 * @param {number} limit How many elements it may have to be written in full.
 */
export function allLines({ numbers, shape, kind }, limit) {
  if (!numbers.length) return "[]";
  const gaps = shape.map((size) => numbers.length > limit && size > 2 * EDGE_ITEMS);
  let kept = [0];
  shape.forEach((size, axis) => {
    const all = [...Array(size).keys()];
    const places = gaps[axis] ? [...all.slice(0, EDGE_ITEMS), ...all.slice(-EDGE_ITEMS)] : all;
    kept = kept.flatMap((start) => places.map((place) => start * size + place));
  });
  const texts = kept.map((place) => formatTyped(numbers[place], kind, formatAscii));
  const width = Math.max(...texts.map((text) => text.length));
  const shown = shape.map((size, axis) => (gaps[axis] ? 2 * EDGE_ITEMS : size));
  return nest(texts.map((text) => text.padStart(width)), shown, gaps, "\n");
}

/**
 * An array's shape, range and elements, for a tooltip.
 * @param {Elements} elements
 */
export function inFull(elements) {
  const extent = extentText(elements, true) + faultsText(elements);
  return `${shapeText(elements.shape)}, ${extent}\n${allLines(elements, TOOLTIP_LIMIT)}`;
}

/**
 * An array in words.
 * @param {Elements} elements
 */
export function arrayWords(elements) {
  const extent = extentText(elements, true);
  const joint = extent.includes(" to ") ? " from " : ", ";
  return `array of ${elements.shape.join(" by ")}${joint}${extent}${faultsText(elements)}`;
}

/**
 * Whether an array is drawn as a grid (picture/grid.py).
 * @param {number[]} shape
 */
function isGrid(shape) {
  const [height, width] = [1, ...shape].slice(-2);
  return shape.length <= 2 && !shape.includes(0) && height <= ROW && width <= (height === 1 ? 2 * ROW : ROW);
}

/**
 * Texts in brackets; rows end in `end` and are indented, or follow each other in one line.
 * @param {string[]} texts
 * @param {number[]} shape
 * @param {boolean[]} gaps
 * @param {string} end
 * @returns {string}
 */
function nest(texts, shape, gaps, end, depth = 1) {
  if (!shape.length) return texts[0];
  const step = texts.length / shape[0];
  const parts = Array.from({ length: shape[0] }, (_, k) =>
    nest(texts.slice(k * step, (k + 1) * step), shape.slice(1), gaps.slice(1), end, depth + 1),
  );
  if (gaps[0]) parts.splice(EDGE_ITEMS, 0, "...");
  const isRow = shape.length === 1 || !end;
  return `[${parts.join(`,${isRow ? " " : end.repeat(shape.length - 1) + " ".repeat(depth)}`)}]`;
}

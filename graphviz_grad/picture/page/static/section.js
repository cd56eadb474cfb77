// Arrays on a card that move: cells of a grid, or a range and colours (picture/svg_array.py, picture/heat.py).

import { STYLE } from "./constants.js";
import { extentText } from "./elements.js";
import { formatTyped } from "./number.js";
import { set, write } from "./parts.js";

/** @typedef {import("./elements.js").Elements} Elements */

const NAMESPACE = "http://www.w3.org/2000/svg";
const BAD = 9;
const STRIP_COLUMNS = 64;
const MAP_COLUMNS = 32;
const MAP_ROWS = 16;

/** What stands under a label of a card; the cells of a grid are in the order of the elements. */
export class Section {
  /** @param {Element} group Of the card. @param {string} slot `n3.value` */
  constructor(group, slot) {
    this.cells = [...group.querySelectorAll(`[data-slot^="${slot}["]`)];
    this.extent = group.querySelector(`[data-slot="${slot}.extent"]`);
    this.heat = group.querySelector(`[data-slot="${slot}.heat"]`);
    /** @type {Map<string, Element>} */
    this.shades = new Map();
    this.heat?.replaceChildren(...kinds().map((kind) => this.shade(kind)));
  }

  /** @param {string} kind */
  shade(kind) {
    const path = document.createElementNS(NAMESPACE, "path");
    path.setAttribute("class", kind);
    this.shades.set(kind, path);
    return path;
  }

  /** @param {Elements} elements */
  show(elements) {
    const { numbers, kind } = elements;
    this.cells.forEach((cell, place) => {
      const text = formatTyped(numbers[place], kind);
      if (cell.textContent === text) return;
      cell.textContent = text;
      const looks = [text.length > STYLE.CELL_LENGTH && "gg-long", !Number.isFinite(numbers[place]) && "gg-bad"];
      cell.setAttribute("class", looks.filter(Boolean).join(" "));
    });
    write(this.extent, extentText(elements));
    if (this.heat === null) return;
    const lines = shadesOf(levelsOf(elements));
    for (const [shade, path] of this.shades) set(path, "d", lines.get(shade) ?? "");
  }
}

/** Classes of the paths of a map, in the order in which they are painted. */
function kinds() {
  const shades = ["gg-high", "gg-low"].flatMap((end) => STYLE.SHADES.map((_, k) => `${end} gg-s${k + 1}`));
  return [...shades, "gg-minus", "gg-cross"];
}

/**
 * The levels of a map, row by row.
 * @param {Elements} elements
 */
export function levelsOf({ numbers, shape }) {
  const sizes = shape.filter((size) => size > 1);
  const columns = sizes.pop() ?? 1;
  const rows = sizes.reduce((all, size) => all * size, 1);
  const tall = Math.ceil(rows / MAP_ROWS);
  const wide = Math.ceil(columns / (rows === 1 ? STRIP_COLUMNS : MAP_COLUMNS));
  let size = 0;
  for (const number of numbers) if (Number.isFinite(number)) size = Math.max(size, Math.abs(number));
  const levels = [];
  for (let row = 0; row < rows; row += tall) {
    const line = [];
    for (let column = 0; column < columns; column += wide) {
      const cell = [];
      for (let y = row; y < Math.min(row + tall, rows); y++) {
        for (let x = column; x < Math.min(column + wide, columns); x++) cell.push(numbers[y * columns + x]);
      }
      line.push(levelOf(cell, size));
    }
    levels.push(line);
  }
  return levels;
}

/** @param {number[]} cell @param {number} size */
function levelOf(cell, size) {
  if (!cell.every(Number.isFinite)) return BAD;
  const [low, high] = [Math.min(...cell), Math.max(...cell)];
  const peak = high >= -low ? high : low;
  if (peak === 0) return 0;
  const { length } = STYLE.SHADES;
  return Math.sign(peak) * Math.min(Math.max(Math.ceil((Math.abs(peak) / size) * length), 1), length);
}

/**
 * The path of each shade; neighbours in a row that look the same are one line.
 * @param {number[][]} levels
 */
export function shadesOf(levels) {
  /** @type {Map<string, string>} */
  const lines = new Map();
  const add = (/** @type {string} */ kind, /** @type {string} */ line) => lines.set(kind, (lines.get(kind) ?? "") + line);
  levels.forEach((row, y) => {
    let start = 0;
    for (let x = 1; x <= row.length; x++) {
      if (row[x] === row[start]) continue;
      const level = row[start];
      const line = `M${start} ${y + 0.5}h${x - start}`;
      if (level === BAD) for (let k = start; k < x; k++) add("gg-cross", `M${k} ${y}l1 1m0 -1l-1 1`);
      else if (level !== 0) add(`${level > 0 ? "gg-high" : "gg-low"} gg-s${Math.abs(level)}`, line);
      if (level < 0) add("gg-minus", line);
      start = x;
    }
  });
  return lines;
}

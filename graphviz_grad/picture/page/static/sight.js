// Which parts of a picture are in sight: of a large one only these follow every move, the others once it rests.

const AROUND = 200; // px around the window, so that what is scrolled into sight has followed already
const TILE = 25; // parts; of tiles out of sight a browser paints nothing

export class Sight {
  /**
   * @param {SVGSVGElement} svg
   * @param {(SVGGraphicsElement | null)[]} groups Its parts.
   */
  constructor(svg, groups) {
    this.svg = svg;
    this.groups = groups;
    /** @type {(Box | null)[] | null} */
    this.boxes = null;
    /** Of each part whether it was in sight at the last look: 1 or 0. */
    this.seen = new Uint8Array(groups.length);
  }

  /** Looks where the picture is; it costs next to nothing right before a frame, when the browser lays out anyway. */
  look() {
    const { left, top, width } = this.svg.getBoundingClientRect();
    if (width === 0) {
      this.seen.fill(0); // it is in a tab that is hidden, say
      return;
    }
    const boxes = (this.boxes ??= this.groups.map((group) => group && boxOf(group)));
    const scale = this.svg.viewBox.baseVal.width / width;
    const window = {
      left: scale * (-AROUND - left),
      right: scale * (innerWidth + AROUND - left),
      top: scale * (-AROUND - top),
      bottom: scale * (innerHeight + AROUND - top),
    };
    boxes.forEach((box, part) => (this.seen[part] = Number(box !== null && isOverlap(box, window))));
  }
}

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box */

/**
 * Puts the parts of a group into groups of their own, which a browser can pass over as a whole. It cannot pass over
 * the parts themselves: where something is shifted or turned, it paints it wherever that is.
 * @param {Element | null} group
 */
export function tile(group) {
  const parts = [...(group?.children ?? [])];
  if (group === null || parts.length < 2 * TILE) return;
  const tiles = [];
  for (let start = 0; start < parts.length; start += TILE) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "g");
    made.append(...parts.slice(start, start + TILE));
    tiles.push(made);
  }
  group.replaceChildren(...tiles);
}

/** @param {SVGGraphicsElement} group Where it is in the picture. @returns {Box} */
function boxOf(group) {
  const { x, y, width, height } = group.getBBox();
  const shifts = group.transform.baseVal;
  const { e, f } = shifts.numberOfItems ? shifts.getItem(0).matrix : { e: 0, f: 0 };
  return { left: x + e, right: x + e + width, top: y + f, bottom: y + f + height };
}

/** @param {Box} a @param {Box} b */
const isOverlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

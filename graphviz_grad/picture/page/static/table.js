// The picture's numbers as a table, which says what the cards say.

import { readCard } from "./card.js";
import { oneLine } from "./elements.js";

/** @typedef {import("./card.js").Structure} Structure */

export class Table {
  /**
   * @param {HTMLDetailsElement} details With a table whose rows are the nodes.
   * @param {Structure} structure
   */
  constructor(details, structure) {
    this.details = details;
    this.structure = structure;
    this.rows = [...details.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
  }

  /**
   * Shows a state of the graph.
   * @param {Float64Array} numbers In the order of `Graph.numbers`.
   */
  show(numbers) {
    this.structure.nodes.forEach((node, place) => {
      const [value, grad, stored] = this.rows[place];
      const card = readCard(this.structure, numbers, place);
      value.textContent = card.values ? screen(oneLine(card.values)) : card.value;
      if (node.grad !== null && !card.slopes) return;
      grad.textContent = card.slopes ? screen(oneLine(card.slopes)) : card.grad;
      if (node.stored) stored.textContent = grad.textContent;
    });
  }
}

/** @param {string} text With true minus signs. */
const screen = (text) => text.replaceAll("-", "\u2212");

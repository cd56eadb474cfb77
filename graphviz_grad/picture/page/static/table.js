// The picture's numbers as a table, which says what the cards say.

import { readCard } from "./card.js";

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
      if (node.type !== "array") value.textContent = card.value;
      if (node.grad !== null) return;
      grad.textContent = card.grad;
      if (node.stored) stored.textContent = card.grad;
    });
  }
}

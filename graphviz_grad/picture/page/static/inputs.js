// The notebook's sliders as the page has them: ahead of the kernel, and there without it.

const REFERENCE = "IPY_MODEL_";
const EVENTS = ["change:value", "change:min", "change:max", "comm_live_update"];

/**
 * @typedef {object} Slider What is used of the model of an ipywidgets' slider.
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, listener: () => void) => void} on
 * @property {(event: string, listener: () => void) => void} off
 * @property {boolean} [comm_live]
 */

export class Inputs {
  /**
   * Finds the sliders that a view's model refers to. Until they are found, and where they are not to be had, there
   * are none.
   * @param {import("@anywidget/types").AnyModel} model
   * @param {() => void} changed Called when a value has changed, or whether a kernel listens.
   */
  constructor(model, changed) {
    /** @type {Slider[]} */
    this.sliders = [];
    this.changed = changed;
    this.isStopped = false;
    this.found = this.find(model);
  }

  /** @param {import("@anywidget/types").AnyModel} model */
  async find(model) {
    try {
      /** @type {string[]} */
      const references = model.get("sliders");
      const sliders = await Promise.all(
        references.map((reference) => model.widget_manager.get_model(reference.slice(REFERENCE.length))),
      );
      if (!this.isStopped) this.follow(sliders);
    } catch {
      // Closed in the meantime, or this is no notebook that has ipywidgets: then the kernel is followed.
    }
  }

  /** @param {Slider[]} sliders */
  follow(sliders) {
    this.sliders = sliders;
    for (const slider of sliders) for (const event of EVENTS) slider.on(event, this.changed);
    if (sliders.length) this.changed();
  }

  /** The present values; null where there are no sliders. */
  get values() {
    return this.sliders.length ? this.sliders.map((slider) => slider.get("value")) : null;
  }

  /**
   * Their ranges.
   * @param {import("./program.js").Leaf[]} slots For each the slot of its leaf.
   */
  axes(slots) {
    return this.sliders.map((slider, place) => {
      return { slot: slots[place], min: slider.get("min"), max: slider.get("max") };
    });
  }

  /**
   * What sliders of the page's own have to know of them.
   * @returns {import("./controls.js").Control[]}
   */
  get controls() {
    return this.sliders.map((slider) => {
      const [name, min, max, step, value] = ["description", "min", "max", "step", "value"].map(slider.get, slider);
      return { node: "", name, min, max, step: step || "any", value };
    });
  }

  /**
   * Moves them, here and in the kernel.
   * @param {number[]} values
   */
  move(values) {
    this.sliders.forEach((slider, place) => {
      if (slider.get("value") === values[place]) return;
      slider.set("value", values[place]);
      slider.save_changes();
    });
  }

  /** Whether the channel to the kernel is closed. */
  get isCut() {
    return this.sliders.some((slider) => slider.comm_live === false);
  }

  stop() {
    this.isStopped = true;
    for (const slider of this.sliders) for (const event of EVENTS) slider.off(event, this.changed);
    this.sliders = [];
  }
}

// Choosing cells of a table: <choose-cells>. Arrow keys move, space chooses, as in any grid.

import { composing, plainKey, Stored } from "./stored.js";

class ChooseCells extends Stored {
  begin() {
    this.rows = [...this.querySelectorAll("tr")].map((row) => [...row.children]);
    this.at = [0, 0];
    this.addEventListener("click", (event) => this.toggle(this.placeOf(event.target)));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("focusin", (event) => this.stand(this.placeOf(event.target)));
  }

  placeOf(target) {
    const cell = target.closest("td, th");
    const row = this.rows.findIndex((one) => one.includes(cell));
    return row < 0 ? null : [row, this.rows[row].indexOf(cell)];
  }

  redraw() {
    const chosen = this.value ?? [];
    this.rows.forEach((row, y) => row.forEach((cell, x) => cell.setAttribute("aria-selected", chosen.some((one) => one[0] === y && one[1] === x))));
    this.stand(this.at);
    if (chosen.length) this.say("Count", { count: chosen.length });
    else this.say("");
  }

  /** Where Tab comes back to. */
  stand(place) {
    if (!place) return;
    this.rows[this.at[0]]?.[this.at[1]]?.setAttribute("tabindex", "-1");
    this.at = place;
    this.rows[place[0]]?.[place[1]]?.setAttribute("tabindex", "0");
  }

  toggle(place) {
    if (!place || this.locked) return;
    this.stand(place);
    const chosen = this.value ?? [];
    const kept = chosen.filter((one) => one[0] !== place[0] || one[1] !== place[1]);
    if (kept.length === chosen.length && chosen.length >= Number(this.dataset.most)) return this.say("Most");
    const next = kept.length < chosen.length ? kept : [...chosen, place].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    this.store(next.length ? next : null);
    this.redraw();
  }

  key(event) {
    const place = this.placeOf(event.target);
    if (!place || composing(event) || !plainKey(event)) return;
    const way = getComputedStyle(this.rows[0][0].closest("table")).direction === "rtl" ? -1 : 1;
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowRight: [0, way], ArrowLeft: [0, -way] };
    if (event.key === " " || event.key === "Enter") this.toggle(place);
    else if (event.key in steps) this.go(place[0] + steps[event.key][0], place[1] + steps[event.key][1]);
    else if (event.key === "Home") this.go(place[0], 0);
    else if (event.key === "End") this.go(place[0], this.rows[place[0]].length - 1);
    else return;
    event.preventDefault();
  }

  go(y, x) {
    this.rows[y]?.[x]?.focus();
  }
}

customElements.define("choose-cells", ChooseCells);

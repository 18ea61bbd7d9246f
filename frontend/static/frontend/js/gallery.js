// The gallery's live example: conditions, sliders and the elements of its questions, as on the work screen.

import { refresh, slide } from "./work/asking.js";

const root = document.getElementById("trial");
root.addEventListener("input", (event) => {
  if (event.target.matches("[data-slides]")) slide(event.target);
  refresh(root);
});
refresh(root);

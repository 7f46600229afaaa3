// Formula, line of code and arrow of the graph: pointing at one, or the focus on a formula, lights all
// three. `mlp.linked_columns` wrote them; what belongs together has the same label.
function linkColumns(root) {
  const parts = [...root.querySelectorAll("[data-eq]")];
  const says = root.querySelector(".linked-says");

  function light(label) {
    for (const part of parts) {
      const lit = part.dataset.eq === label;
      part.classList.toggle("lit", lit);
      for (const line of part.querySelectorAll("line")) {  // the gradient goes back along the arrow
        line.removeAttribute(lit ? "marker-end" : "marker-start");
        line.setAttribute(lit ? "marker-start" : "marker-end", "url(#walk-head)");
      }
    }
    const formula = parts.find((part) => part.dataset.eq === label && part.dataset.says);
    says.textContent = formula?.dataset.says ?? "Point at a formula, a line of code or an arrow.";
  }

  const focused = () => root.contains(document.activeElement) ? document.activeElement.dataset.eq : undefined;
  for (const part of parts) {
    part.addEventListener("pointerenter", () => light(part.dataset.eq));
    part.addEventListener("pointerleave", ({ pointerType }) => { if (pointerType === "mouse") light(focused()); });
    part.addEventListener("focus", () => light(part.dataset.eq));
    part.addEventListener("blur", () => light());
  }
  root.classList.add("live");
  light();
}

document.querySelectorAll(".linked:not(.live)").forEach(linkColumns);

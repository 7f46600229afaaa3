// What scrolls sideways in a box of its own can be reached with the keyboard.

function makeReachable() {
  for (const box of document.querySelectorAll("article :is(div, figure, pre, p, table, td, th)")) {
    const scrolls = box.scrollWidth > box.clientWidth
      && ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
    if (scrolls) box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  }
}

let waiting = 0;
function makeReachableSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(makeReachable, 50);
}

addEventListener("load", makeReachable);
addEventListener("resize", makeReachableSoon);
document.addEventListener("toggle", makeReachableSoon, true);

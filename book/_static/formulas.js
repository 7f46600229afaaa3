// Its fonts are there before the first line is shown: none moves when they come.
for (const font of document.fonts)
  if (font.family.includes("KaTeX")) font.load();

// A formula is copied as its LaTeX.

const formulaAround = node =>
  (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".katex");

function latex(formula) {
  const tex = formula.querySelector("annotation").textContent.trim();
  const sign = formula.querySelector(".sign")?.textContent ?? "";
  return formula.closest(".katex-display") ? `$$${tex}$$` : `$${tex}$${sign}`;
}

document.addEventListener("copy", event => {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0).cloneRange();
  const [first, last] = [range.startContainer, range.endContainer].map(formulaAround);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copied = range.cloneContents();
  const formulas = copied.querySelectorAll(".katex");
  if (!formulas.length) return;
  copied.querySelectorAll("button").forEach(button => button.remove());
  for (const formula of formulas) formula.replaceWith(latex(formula));
  event.clipboardData.setData("text/plain", copied.textContent);
  event.preventDefault();
});

// A link to an equation, a term or a name of the package shows on a card what it leads to: where
// a mouse points at it or the keyboard comes to it. A finger follows the link.
{
  const LINKS = ["equation-", "term-", "mlp.", "module-mlp"]
    .map(start => `.bd-article a:not(.headerlink)[href*="#${start}"]`).join();
  const html = document.documentElement;
  const root = new URL(html.dataset.content_root, location.href).href;
  const card = document.createElement("div");
  Object.assign(card, { id: "link-card", role: "tooltip", popover: "manual" });
  let link, timer;

  // Formulas need their style sheet, which a page without formulas has not.
  function load() {
    if (!card.isConnected) document.querySelector(".bd-article").append(card);
    if (!document.querySelector('link[href*="formulas.css"]'))
      document.head.append(Object.assign(document.createElement("link"),
        { rel: "stylesheet", href: `${root}_static/formulas.css` }));
    return Search.script("cards.js");
  }

  async function show(next) {
    hide();
    link = next;
    await load();
    const shown = CARDS[next.href.slice(root.length)];
    if (link !== next || !shown) return;
    card.innerHTML = shown;
    link.setAttribute("aria-describedby", card.id);
    link.removeAttribute("title"); // a browser's own card
    card.showPopover();
    const { top, bottom, left } = link.getBoundingClientRect();
    const { width, height } = card.getBoundingClientRect();
    const above = bottom + height > innerHeight && top > height;
    card.style.top = `${scrollY + (above ? top - height : bottom)}px`;
    card.style.left = `${Math.max(0, Math.min(left, html.clientWidth - width))}px`;
  }

  function hide() {
    link?.removeAttribute("aria-describedby");
    link = null;
    if (card.isConnected) card.hidePopover();
  }

  // A moment passes before a card comes, and before it goes: the mouse may move onto it.
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return;
    const over = target.closest(LINKS);
    clearTimeout(timer);
    if (card.contains(target) || (over && over === link)) return;
    if (over) timer = setTimeout(show, 250, over);
    else if (!link?.matches(":focus-visible")) timer = setTimeout(hide, 250);
  });
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches(`:is(${LINKS}):focus-visible`)) show(target);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape") hide(); });
}

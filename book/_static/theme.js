// The button of the color theme says what is on, and what a press turns on.

const THEMES = { auto: "as the system", light: "light", dark: "dark" };
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function nameOfTheme() {
  const order = systemIsDark.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
  const at = order.indexOf(document.documentElement.dataset.mode);
  const next = order[(at + 1) % order.length];
  return `Color theme: ${THEMES[order[at]]}. Change to: ${THEMES[next]}`;
}

function nameThemeButtons() {
  for (const button of document.querySelectorAll(".theme-switch-button"))
    button.ariaLabel = nameOfTheme();
}

addEventListener("DOMContentLoaded", () => {
  nameThemeButtons();
  systemIsDark.addEventListener("change", nameThemeButtons);
  new MutationObserver(nameThemeButtons)
    .observe(document.documentElement, { attributeFilter: ["data-mode"] });
});

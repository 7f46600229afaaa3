// In a listing a long docstring shows its first line; a button shows the rest.
// The style sheet hides the rest where scripts run. What is copied is whole.
addEventListener("DOMContentLoaded", () => {
  for (const rest of document.querySelectorAll(".docstring-rest")) {
    const button = document.createElement("button");
    const toggle = (shown) => {
      rest.classList.toggle("shown", shown);
      button.setAttribute("aria-expanded", shown);
    };
    Object.assign(button, {
      type: "button",
      className: "docstring-more",
      textContent: `${rest.dataset.lines} more lines`,
      onclick: () => toggle(!rest.classList.contains("shown")),
    });
    toggle(false);
    rest.before(button);
  }
});

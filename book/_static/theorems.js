// A theorem's box has buttons that copy its formula as LaTeX and its line of code (the copy
// buttons of listings bring ClipboardJS).
addEventListener("DOMContentLoaded", () => {
  const boxes = document.querySelectorAll(".theorem");
  if (!boxes.length) return;
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "visually-hidden";
  document.querySelector("article").append(status);
  for (const box of boxes) {
    const buttons = document.createElement("div");
    buttons.className = "copy-as";
    for (const [kind, name] of [["latex", "LaTeX"], ["numpy", "NumPy"]]) {
      const text = box.dataset[kind];
      if (!text) continue;
      const button = document.createElement("button");
      Object.assign(button, {
        type: "button",
        textContent: `Copy ${name}`,
        onclick() {
          ClipboardJS.copy(text);
          status.textContent = "";
          setTimeout(() => { status.textContent = `${name} copied`; }, 50);
          button.classList.add("copied");
          setTimeout(() => button.classList.remove("copied"), 1500);
          button.focus();
        },
      });
      buttons.append(button);
    }
    box.append(buttons);
  }
});

// A picture with a slider. `mlp.slider` computed all frames; this script shows the chosen one.
function startSlider(root) {
  const frames = JSON.parse(root.dataset.frames);
  const input = root.querySelector("input"), output = root.querySelector("output");
  const says = root.querySelector(".explorable-says");

  function show() {
    const { value, says: words, paths } = frames[input.value];
    input.setAttribute("aria-valuetext", value);
    output.textContent = value;
    says.textContent = words;
    for (const [name, d] of Object.entries(paths))
      root.querySelector(`[data-path="${name}"]`).setAttribute("d", d);
  }

  input.addEventListener("input", show);
  root.querySelector(".explorable-live").hidden = false;
  root.classList.add("live");
  show();
}

document.querySelectorAll(".slider:not(.live)").forEach(startSlider);

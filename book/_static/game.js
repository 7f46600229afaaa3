// Which gradient is wrong? `mlp.gradient_game` wrote the rounds; this script shows them, in an order and
// on sides drawn at random, and counts. A round has two questions, by the accuracies and by the check.
function startGame(root) {
  const rounds = JSON.parse(root.dataset.rounds);
  const says = root.querySelector(".game-says"), table = root.querySelector(".game-table");
  const score = root.querySelector(".game-score");
  const found = { accuracy: 0, check: 0 };
  let order, at, sides, done;

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const matrix = ({ columns, entries }, marks = []) => {
    const spans = entries.map((text, i) =>
      element("span", { textContent: text, className: marks.includes(i) ? "marked" : "" }));
    const made = element("div", { className: "matrix" }, ...spans);
    made.style.setProperty("--columns", columns);
    return made;
  };
  const cards = ["A", "B"].map((letter) => {
    const button = element("button", { type: "button", onclick: () => choose(letter) });
    return { letter, button, shown: element("div") };
  });
  const measured = element("div", { className: "game-measured" });
  const next = element("button", { type: "button", className: "game-next", onclick: forward });
  table.append(...cards.map(({ button, shown }) => element("div", {}, button, shown)), measured);
  score.before(next);

  function start() {
    order = rounds.map((one) => [Math.random(), one]).sort(([p], [q]) => p - q).map(([, one]) => one);
    at = -1;
    Object.assign(found, { accuracy: 0, check: 0 });
    forward();
  }

  // The next round, or the first of a new game.
  function forward() {
    if (at === order.length - 1) return start();
    at += 1;
    sides = Math.random() < 0.5 ? { A: "wrong", B: "right" } : { A: "right", B: "wrong" };
    done = [];
    for (const { letter, button, shown } of cards) {
      const accuracy = order[at][sides[letter]];
      button.textContent = `${letter}: ${accuracy === "fails" ? "fails" : `${accuracy} right`} on the test images`;
      button.ariaDisabled = "false";
      shown.replaceChildren();
    }
    measured.replaceChildren();
    if (document.activeElement === next) cards[0].button.focus({ preventScroll: true });
    next.hidden = true;
    say(`Round ${at + 1} of ${order.length}. Two networks were trained. Which of them has a wrong gradient? ` +
      "Guess by the accuracy.");
  }

  function choose(letter) {
    if (done.length === 2) return;
    const question = ["accuracy", "check"][done.length];
    done.push(letter);
    if (sides[letter] === "wrong") found[question] += 1;
    if (question === "accuracy") showGradients();
    else tell(letter);
  }

  function showGradients() {
    const { name, reg, gradients } = order[at];
    for (const { letter, shown } of cards) shown.replaceChildren(matrix(gradients[sides[letter]]));
    measured.replaceChildren(element("p", { textContent: "Measured by differences:" }), matrix(gradients.measured));
    say(`Now the check. On a small network of each kind, at reg ${reg}, these are the gradients by ${name}, ` +
      "and what differences of the loss say. Which gradient is wrong?");
  }

  function tell(letter) {
    const { says: why, count, gradients, marks } = order[at];
    for (const card of cards) {
      card.button.ariaDisabled = "true";
      if (sides[card.letter] === "wrong") card.shown.replaceChildren(matrix(gradients.wrong, marks));
    }
    const wrong = sides.A === "wrong" ? "A" : "B", last = at === order.length - 1;
    say(`${letter === wrong ? "Yes" : "No"}, it is ${wrong}: ${why}. The check calls ${count} entries of its gradients wrong.` +
      (last ? ` The end: a coin would find ${order.length / 2} of ${order.length}.` : ""));
    next.textContent = last ? "Play again" : "Next round";
    next.hidden = false;
    next.focus({ preventScroll: true });
  }

  function say(words) {
    says.textContent = words;
    const told = at + (done.length === 2), asked = at + (done.length > 0);
    score.textContent = `Found by accuracy: ${found.accuracy} of ${asked}. With the check: ${found.check} of ${told}.`;
  }

  root.querySelector(".explorable-live").hidden = false;
  root.classList.add("live");
  start();
}

document.querySelectorAll(".game:not(.live)").forEach(startGame);

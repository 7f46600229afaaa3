"""What is wrong with the formulas of a page, at the width that it has."""

LOOK = """() => {
    const tex = formula => formula.querySelector('annotation').textContent.trim();
    const seen = box => box.checkVisibility();
    const faults = [];
    for (const formula of document.querySelectorAll('article .math')) {
        if (!formula.querySelector('.katex math annotation'))
            faults.push(`not typeset: ${formula.textContent}`);
    }
    const boxes = 'article :is(.formula, .refusals :is(td, th):nth-child(2) > p)';
    for (const box of [...document.querySelectorAll(boxes)].filter(seen)) {
        const shadows = getComputedStyle(box).backgroundImage.match(/gradient/g) ?? [];
        if (box.scrollWidth > box.clientWidth + 1
            && (box.tabIndex !== 0 || shadows.length < 4))
            faults.push(`cut without a sign: ${tex(box)}`);
        const number = box.parentElement.querySelector('.eqno');
        const place = box.parentElement.getBoundingClientRect();
        if (number && number.getBoundingClientRect().right > place.right + 1)
            faults.push(`its number stands outside: ${tex(box)}`);
    }
    const others =
        'article :is(.pst-scrollable-table-container, .walk-drawing, figure)';
    for (const box of [...document.querySelectorAll(others)].filter(seen)) {
        const shadows = getComputedStyle(box).backgroundImage.match(/gradient/g) ?? [];
        if (box.scrollWidth > box.clientWidth + 1
            && (box.tabIndex !== 0 || shadows.length < 4))
            faults.push(`cut without a sign: ${box.textContent.slice(0, 50)}`);
    }
    for (const part of [...document.querySelectorAll('article .base')].filter(seen)) {
        const right = part.getBoundingClientRect().right;
        for (let box = part; box.tagName !== 'ARTICLE'; box = box.parentElement) {
            const overflow = getComputedStyle(box).overflowX;
            if (['auto', 'scroll'].includes(overflow)) break;
            const hides = ['hidden', 'clip'].includes(overflow);
            const end = box.getBoundingClientRect().right;
            if (hides && box.clientWidth && right > end + 1)
                faults.push(`hidden in part: ${tex(part.closest('.katex'))}`);
        }
    }
    const block = 'p, li, td, th, dd, dt, figcaption, h1, h2, h3, summary';
    for (const formula of document.querySelectorAll('article span.math')) {
        if (!seen(formula)) continue;
        if (formula.closest(boxes)) continue;  // judged above
        const place = formula.closest(block).getBoundingClientRect();
        for (const part of formula.querySelectorAll('.base'))
            if (part.getBoundingClientRect().right > place.right + 1)
                faults.push(`leaves its line: ${tex(formula)}`);
        const next = formula.nextSibling;
        if (next?.nodeType === Node.TEXT_NODE && /^[.,;:!?)]/.test(next.data)) {
            const sign = document.createRange();
            sign.setStart(next, 0);
            sign.setEnd(next, 1);
            const last = [...formula.querySelectorAll('.base, math')].at(-1);
            if (sign.getBoundingClientRect().top > last.getBoundingClientRect().bottom)
                faults.push(`its punctuation begins a line: ${tex(formula)}`);
        }
    }
    return faults;
}"""

SHIFTS = """
    window.shift = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) window.shift += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
"""


def faults_of_formulas(page):
    """One line a fault: cut off, torn apart, not typeset."""
    page.evaluate(
        "document.querySelectorAll('details').forEach(fold => { fold.open = true; })"
    )
    page.wait_for_timeout(300)  # what scrolls is told of it
    return page.evaluate(LOOK)

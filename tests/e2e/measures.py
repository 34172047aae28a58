"""What a browser is asked about a page as it stands: what sticks out, is cut off, is too small, moves, looks alike."""

from __future__ import annotations

# Whoever is wider than the window, named by the element that sticks out, at whichever end.
WIDER = """async () => {
  // A wall is laid out anew in the frame after the window changed.
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  return [...document.body.querySelectorAll('*')]
    .filter(one => { const box = one.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
    .map(one => `${one.localName}.${one.className}`).slice(0, 4);
}"""

# Words that leave the box that they stand in, or are cut off by one. What scrolls sideways shows them all the same,
# and so does what lies over the page; an ellipsis after two lines of a card's title is meant.
SPILLED = """() => {
  const meant = '.hidden, .skip, [hidden], svg, canvas, dialog:not([open]), .card-title, textarea, option';
  const found = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (words.nextNode()) {
    const text = words.currentNode;
    if (!text.data.trim() || text.parentElement.closest(meant) || !text.parentElement.checkVisibility()) continue;
    range.selectNodeContents(text);
    for (const line of range.getClientRects()) {
      const box = spilled(line, text.parentElement);
      if (box) { found.push(`“${text.data.trim().slice(0, 40)}” of ${box.localName}.${box.className}`); break; }
    }
  }
  return found.slice(0, 4);
  function spilled(line, parent) {
    for (let box = parent; box && box !== document.body; box = box.parentElement) {
      const look = getComputedStyle(box);
      if (['auto', 'scroll'].includes(look.overflowX)) return null;
      if (look.display.startsWith('inline') && look.display === 'inline') continue;
      if (look.display === 'contents') continue;
      const edge = box.getBoundingClientRect();
      if (edge.width > 1 && (line.left < edge.left - 2 || line.right > edge.right + 2)) return box;
      const cuts = ['hidden', 'clip'].includes(look.overflowY) && look.webkitLineClamp === 'none';
      if (cuts && (line.top < edge.top - 3 || line.bottom > edge.bottom + 3)) return box;
      if (['absolute', 'fixed'].includes(look.position)) return null;
    }
    return null;
  }
}"""

# Controls that a finger finds smaller than 44 px: how far up and down, left and right of its middle does a press still
# reach it? A label counts for its box, and a link in a line of text is as high as its line (WCAG 2.5.8).
SMALL = """(exceptions) => {
  const NEEDED = 44, found = [];
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex="0"]';
  for (const one of document.querySelectorAll(kinds)) {
    if (one.disabled || !one.checkVisibility({ visibilityProperty: true, opacityProperty: false })) continue;
    if (one.closest('.hidden, .skip, dialog:not([open]), [hidden]') || one.closest(exceptions) || inLine(one)) continue;
    const pressed = one.labels?.length && one.matches('[type=checkbox], [type=radio]') ? one.labels[0] : one;
    pressed.scrollIntoView({ block: 'center', inline: 'nearest' });
    const boxes = [...pressed.getClientRects()].filter(box => box.width && box.height);
    if (!boxes.length) continue;
    const middle = { x: boxes[0].x + boxes[0].width / 2, y: boxes[0].y + boxes[0].height / 2 };
    if (!reaches(one, middle.x, middle.y)) continue;
    const high = reach(one, middle, 0, 1), wide = reach(one, middle, 1, 0);
    // A pixel may be lost at either end of what does not begin on a whole one.
    if (high < NEEDED - 1 || wide < NEEDED - 1) found.push(`${name(one)} ${wide} × ${high}`);
  }
  return [...new Set(found)].slice(0, 8);
  function reach(one, { x, y }, right, down) {
    let ahead = 0, behind = 0;
    while (ahead < NEEDED && reaches(one, x + right * (ahead + 1), y + down * (ahead + 1))) ahead += 1;
    while (behind < NEEDED && reaches(one, x - right * (behind + 1), y - down * (behind + 1))) behind += 1;
    return ahead + behind + 1;
  }
  function reaches(one, x, y) {
    const hit = document.elementFromPoint(x, y);
    return Boolean(hit) && (one.contains(hit) || hit.closest('label')?.control === one);
  }
  function inLine(one) {
    if (!one.matches('a, button') || !getComputedStyle(one).display.startsWith('inline')) return false;
    if (one.matches('.button, .chip')) return false;
    const line = one.parentElement;
    const beside = [...line.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join('').trim();
    return beside.replace(/[\\s·,.()]/g, '').length > 2;
  }
  function name(one) {
    const words = (one.innerText || one.ariaLabel || one.name || '').trim().slice(0, 24);
    return `${one.localName}${one.type ? `[${one.type}]` : ''}.${one.className || '-'} “${words}”`;
  }
}"""

# Whatever would take time to change, however briefly.
MOVING = """() => {
  const found = new Set();
  const lasts = times => times.split(',').some(time => parseFloat(time) > 0);
  for (const one of document.querySelectorAll('*')) for (const part of [null, '::before', '::after']) {
    const look = getComputedStyle(one, part);
    if (lasts(look.transitionDuration)) found.add(`${one.localName}.${one.className} ${part ?? ''} changes slowly`);
    const moves = look.animationName !== 'none' && lasts(look.animationDuration);
    if (moves) found.add(`${one.localName}.${one.className} moves`);
    if (look.scrollBehavior === 'smooth') found.add(`${one.localName}.${one.className} scrolls smoothly`);
  }
  return [...found].slice(0, 4);
}"""

# Whatever is chosen or current and looks like what beside it is not.
ALIKE = """() => {
  const states = ['[aria-current]', '[aria-pressed=true]', '[aria-selected=true]', '.selected', '.chip:has(:checked)'];
  const look = one => { const all = getComputedStyle(one);
    return [all.backgroundColor, all.color, all.borderColor, all.textDecorationLine].join(); };
  return [...document.querySelectorAll(states.join())].filter(one => one.checkVisibility()).filter(one => {
    const others = [...one.parentElement.children].filter(other => other.localName === one.localName
      && !other.matches(states.join()) && !other.matches('.button.small, .primary, .new') && other.checkVisibility());
    return others.some(other => look(other) === look(one));
  }).map(one => `${one.localName}.${one.className} “${one.innerText.trim().slice(0, 24)}”`);
}"""

/* Carries over what somebody has open, typed or focused in a part of the page that is replaced under his hands. */

const named = (root, selector) => [...root.querySelectorAll(selector)].filter((node) => node.id);

export function remember(part) {
  const open = named(part, "details").map(({ id, open: isOpen }) => [id, isOpen]);
  const typed = named(part, "input:not([type=hidden])").map(({ id, value }) => [id, value]);
  const active = part.contains(document.activeElement) ? document.activeElement.id : "";
  return () => {
    for (const [id, isOpen] of open) byId(id, (node) => (node.open = isOpen));
    for (const [id, value] of typed) byId(id, (node) => (node.value = value));
    if (active) byId(active, (node) => node.focus({ preventScroll: true }));
  };
}

function byId(id, use) {
  const node = document.getElementById(id);
  if (node) use(node);
}

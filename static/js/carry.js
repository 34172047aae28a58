/* Shows how far an archive is while the browser saves it; the saving itself needs no script. */

const EVERY_MS = 1000;
const PATIENCE = 30;

function say(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}

async function ask(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : { state: "unknown" };
  } catch {
    return { state: "unknown" };
  }
}

async function follow(link, way) {
  const words = JSON.parse(link.dataset.words);
  const bar = way.querySelector("progress");
  const line = way.querySelector("p");
  let unknown = 0;
  way.hidden = false;
  bar.removeAttribute("value");
  line.textContent = words.waiting;
  while (way.isConnected) {
    const found = await ask(link.dataset.carry);
    if (found.total) {
      bar.value = found.sent / found.total;
      line.textContent = say(words.sent, { sent: megabytes(found.sent), total: megabytes(found.total) });
    }
    // Another process may be the one that streams; then only the browser itself can tell.
    unknown = found.state === "unknown" ? unknown + 1 : 0;
    if (found.state === "done" || found.state === "broken" || unknown > PATIENCE) {
      line.textContent = words[found.state];
      bar.hidden = found.state === "unknown";
      return;
    }
    await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
  }
}

let isFollowing = false;
for (const link of document.querySelectorAll("a[data-carry]")) {
  const way = document.querySelector("[data-carry-way]");
  link.addEventListener("click", async () => {
    if (isFollowing) return;
    isFollowing = true;
    await follow(link, way);
    isFollowing = false;
  });
}

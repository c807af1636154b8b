// Help while writing: how long a text is by now, and what is published already under such a title.
// Without this file the hints stand there after saving.

const WAIT_MS = 600;
const number = new Intl.NumberFormat("de-DE");

for (const hint of document.querySelectorAll("[data-longest]")) count(hint);
for (const box of document.querySelectorAll("[data-similar]")) watch(box);

function count(hint) {
  const field = document.getElementById(hint.id.replace(/-laenge$/, ""));
  const longest = Number(hint.dataset.longest);
  const show = () => {
    const length = field.value.trim().length;
    if (length) hint.textContent = `${number.format(length)} Zeichen, gut sind bis zu ${number.format(longest)}.`;
  };
  field.addEventListener("input", show);
  show();
}

function watch(box) {
  const title = document.getElementById("title");
  const place = document.getElementById("ags");
  const list = box.querySelector("ul");
  const status = document.createElement("p");
  status.className = "sr-only";
  status.role = "status";
  box.before(status);
  let timer = 0;
  let asked = null;

  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const question = new URLSearchParams({ titel: title.value.trim(), kommune: place?.value ?? "" });
    try {
      const answer = await fetch(`${box.dataset.similar}?${question}`, {
        headers: { Accept: "application/json" },
        signal: asked.signal,
      });
      if (answer.ok) show((await answer.json()).items);
    } catch {
      // Nothing suggested is no trouble: the entry can be written all the same.
    }
  };
  const show = (items) => {
    list.replaceChildren(...items.map(entry));
    box.hidden = !items.length;
    status.textContent = items.length
      ? `Ähnliche Praxisbeispiele gefunden: ${items.length}. Sie stehen unter dem Titel.`
      : "";
  };

  title.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
}

function entry(item) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  link.href = item.url;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = item.title;
  row.append(link, ` (${item.place}, öffnet in neuem Tab)`);
  return row;
}

// Suggestions for every search field: a combobox as in the ARIA Authoring Practices (list, manual
// selection). Without this file the forms work as they are.

const WAIT_MS = 120;
let number = 0;

for (const input of document.querySelectorAll("input[data-suggest]")) enhance(input);

function enhance(input) {
  number += 1;
  const list = document.createElement("ul");
  list.id = `vorschlaege-${number}`;
  list.className = "suggest";
  list.role = "listbox";
  list.setAttribute("aria-label", "Vorschläge");
  list.hidden = true;
  const status = document.createElement("div");
  status.className = "sr-only";
  status.role = "status";
  input.after(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let timer = 0;
  let asked = null;
  let active = -1;

  const options = () => [...list.children];
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const activate = (index) => {
    const all = options();
    all[active]?.setAttribute("aria-selected", "false");
    active = index;
    const chosen = all[active];
    if (!chosen) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", chosen.id);
  };
  const show = (items) => {
    list.replaceChildren(...items.map((item, index) => option(item, `${list.id}-${index}`)));
    if (!items.length) {
      close();
      status.textContent = "Keine Vorschläge.";
      return;
    }
    active = -1;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    status.textContent =
      items.length === 1 ? "Ein Vorschlag." : `${items.length} Vorschläge, mit Pfeiltasten wählen.`;
  };
  const ask = async () => {
    const words = input.value.trim();
    asked?.abort();
    if (words.length < 2) {
      close();
      return;
    }
    asked = new AbortController();
    try {
      const address = `${input.dataset.suggest}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(address, { signal: asked.signal });
      if (answer.ok && document.activeElement === input) show((await answer.json()).items);
    } catch {
      close(); // No suggestions is no trouble: the form still searches.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!count) {
        if (event.key === "ArrowDown") ask();
        return;
      }
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: back in the field, nothing chosen.
      activate(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && active >= 0 && count) {
      event.preventDefault();
      options()[active].click();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
}

function option(item, id) {
  const row = document.createElement("li");
  row.id = id;
  row.role = "option";
  row.className = "suggest__option";
  row.setAttribute("aria-selected", "false");
  const label = document.createElement("span");
  label.className = "suggest__label";
  label.textContent = item.label;
  const detail = document.createElement("span");
  detail.className = "suggest__detail";
  // Of a term the detail is its kind: Thema, Zielgruppe, Instrument.
  const said = item.kind === "topic" ? [item.detail] : [item.kind_label, item.detail];
  detail.textContent = said.filter(Boolean).join(" · ");
  row.append(label, " ", detail);
  row.addEventListener("click", () => location.assign(item.url));
  return row;
}

// A small toolbar above each field that takes Markdown. It only types what one could type oneself;
// every step can be undone. Arrow keys move within it, as in the ARIA Authoring Practices.

const ACTIONS = [
  ["fett", (field) => around(field, "**", "fetter Text")],
  ["kursiv", (field) => around(field, "*", "kursiver Text")],
  ["Liste", (field) => lines(field, () => "- ")],
  ["nummerierte Liste", (field) => lines(field, (index) => `${index + 1}. `)],
  ["Link", link],
];

for (const field of document.querySelectorAll("textarea[data-markdown]")) {
  if (field.form?.hasAttribute("data-writable")) field.before(toolbar(field));
}

function toolbar(field) {
  const bar = document.createElement("div");
  bar.className = "desk-toolbar";
  bar.role = "toolbar";
  const label = document.querySelector(`label[for="${field.id}"]`)?.firstChild?.textContent.trim();
  bar.setAttribute("aria-label", `Auszeichnen: ${label}`);
  bar.setAttribute("aria-controls", field.id);
  const buttons = ACTIONS.map(([name, act], index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.tabIndex = index ? -1 : 0;
    button.addEventListener("click", () => act(field));
    return button;
  });
  bar.append(...buttons);
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  });
  return bar;
}

function around(field, sign, example) {
  const words = selected(field) || example;
  type(field, `${sign}${words}${sign}`);
  const end = field.selectionEnd - sign.length;
  field.setSelectionRange(end - words.length, end);
}

function link(field) {
  const words = selected(field) || "Text des Links";
  type(field, `[${words}](https://)`);
  const end = field.selectionEnd - 1;
  field.setSelectionRange(end, end);
}

function lines(field, sign) {
  const start = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const end = Math.max(field.selectionEnd, start);
  field.setSelectionRange(start, end);
  const items = (selected(field) || "Punkt").split("\n").filter((line) => line.trim());
  const before = start > 0 && !field.value.slice(0, start).endsWith("\n\n") ? "\n" : "";
  type(field, before + items.map((item, index) => sign(index) + item).join("\n"));
}

function selected(field) {
  return field.value.slice(field.selectionStart, field.selectionEnd);
}

// `insertText` keeps the browser's own undo; where it is gone, the text still arrives.
function type(field, text) {
  field.focus();
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

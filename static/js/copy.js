/* Copies the field of each [data-copy] to the clipboard; without it, people select and copy. */

for (const part of document.querySelectorAll("[data-copy]")) {
  const field = part.querySelector("input");
  const button = part.querySelector("button");
  const message = part.querySelector("[role=status]");
  field.addEventListener("focus", () => field.select());
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      message.textContent = "Kopiert.";
    } catch {
      field.focus();
      message.textContent = "Das Kopieren war nicht möglich. Der Schlüssel ist jetzt markiert.";
    }
  });
}

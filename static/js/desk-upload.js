// Says which file was chosen and how large it is, and refuses a too large one before it travels.
// Without this file the server says the same after uploading.

const MOST_BYTES = 20_000_000;
const megabytes = new Intl.NumberFormat("de-DE", { maximumFractionDigits: 1 });

for (const box of document.querySelectorAll("[data-upload]")) {
  const input = box.querySelector("input[type=file]");
  const said = box.querySelector("[data-chosen]");
  const button = box.querySelector("button");

  input.addEventListener("change", () => {
    const [file] = input.files;
    const isTooLarge = file?.size > MOST_BYTES;
    if (!file) said.textContent = "";
    else if (isTooLarge) said.textContent = `„${file.name}“ hat ${size(file)} und ist zu groß; höchstens 20 MB sind möglich.`;
    else said.textContent = `Ausgewählt: ${file.name}, ${size(file)}`;
    input.ariaInvalid = String(Boolean(isTooLarge));
    button.disabled = Boolean(isTooLarge);
  });
}

function size(file) {
  return file.size < 100_000
    ? `${megabytes.format(Math.ceil(file.size / 1000))} KB`
    : `${megabytes.format(file.size / 1_000_000)} MB`;
}
